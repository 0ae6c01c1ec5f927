// Package assets holds what the server serves or prints: data, texts, maps,
// fonts, styles, scripts and images.
package assets

import "embed"

//go:generate go run chart/build.go

// Files is everything in this folder.
//
//go:embed data text maps images css js fonts/*.ttf fonts/*.woff2 fonts/OFL.txt
var Files embed.FS
