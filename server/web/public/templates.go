package public

import (
	"embed"
	"io/fs"
)

//go:embed html/*.html
var htmlFiles embed.FS

// Templates are the templates of the public pages.
func Templates() fs.FS {
	dir, err := fs.Sub(htmlFiles, "html")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}
