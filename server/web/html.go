package web

import (
	"embed"
	"io/fs"
)

//go:embed html/*.html
var htmlFiles embed.FS

// Templates are the templates that all surfaces share.
func Templates() fs.FS {
	dir, err := fs.Sub(htmlFiles, "html")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}
