// Package widget holds the script that portals may add to their template. It
// is built from src/ by esbuild: go generate ./widget
package widget

import "embed"

//go:generate go run build.go

// Files holds dist: v1.js, the current enhancer, and v1.{hash}.js, every
// release that somebody may have pinned with integrity=. A pinned file is never
// changed and never taken away.
//
//go:embed dist/*.js
var Files embed.FS
