// Command examples packs the examples that a content system installs from a
// zip. The same sources give the same bytes.
package main

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// A pack is a zip: the files of a folder, below a prefix.
type pack struct{ zip, folder, prefix string }

var packs = []pack{
	{"lensan-nukeviet.zip", "nukeviet/package", ""},
	{"lensan-wordpress.zip", "wordpress/lensan", "lensan"},
	{"lensan-joomla.zip", "joomla/mod_lensan", ""},
	{"lensan-drupal.zip", "drupal/lensan", "lensan"},
	{"lensan-liferay.zip", "liferay/lensan", "lensan"},
}

// stamp is the time of every file: the day of Decision 1034/QĐ-BTTTT.
var stamp = time.Date(2021, 7, 21, 0, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: bash examples/package.sh [OUT]")
		os.Exit(2)
	}
	for _, p := range packs {
		if err := p.write(os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "package:", err)
			os.Exit(1)
		}
		fmt.Println(filepath.Join(os.Args[2], p.zip))
	}
}

// write writes the zip of a folder under root into out, which is made if need be.
func (p pack) write(root, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(out, p.zip))
	if err != nil {
		return err
	}
	defer file.Close()
	z := zip.NewWriter(file)
	source := os.DirFS(filepath.Join(root, p.folder))
	err = fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error { // in lexical order
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path.Join(p.prefix, name), Method: zip.Deflate, Modified: stamp}
		header.SetMode(0o644)
		w, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", p.zip, err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("%s: %w", p.zip, err)
	}
	return file.Close()
}
