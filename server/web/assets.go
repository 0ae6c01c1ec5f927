package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

// Assets serves files under addresses that carry their checksum, for ever:
// css/lensan.css stands at /assets/css/lensan.1a2b3c4d5e.css.
type Assets struct {
	byName map[string]string // name → address
	byPath map[string]asset  // address → file
}

type asset struct {
	body        []byte
	contentType string
	brotli      func() []byte // made when first asked for; nil for what is packed already
	gzip        func() []byte
}

const immutable = "public, max-age=31536000, immutable"

// NewAssets reads the folders of files that browsers may ask for.
func NewAssets(files fs.FS, folders ...string) (*Assets, error) {
	a := &Assets{byName: map[string]string{}, byPath: map[string]asset{}}
	var styles []string
	for _, folder := range folders {
		err := fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if path.Ext(name) == ".css" {
				styles = append(styles, name)
				return nil
			}
			body, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			a.add(name, body)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
	}
	for _, name := range styles {
		body, err := fs.ReadFile(files, name)
		if err == nil {
			body, err = a.resolve(name, body)
		}
		if err != nil {
			return nil, fmt.Errorf("assets: %s: %w", name, err)
		}
		a.add(name, body)
	}
	return a, nil
}

func (a *Assets) add(name string, body []byte) {
	ext := path.Ext(name)
	sum := sha256.Sum256(body)
	address := fmt.Sprintf("/assets/%s.%s%s", strings.TrimSuffix(name, ext), hex.EncodeToString(sum[:5]), ext)
	a.byName[name] = address
	file := asset{body: body, contentType: contentType(ext)}
	if ext != ".woff2" && ext != ".png" && len(body) > mostUnpacked {
		file.brotli = sync.OnceValue(func() []byte { return pack(body, brotliWriter) })
		file.gzip = sync.OnceValue(func() []byte { return pack(body, gzipWriter) })
	}
	a.byPath[address] = file
}

var styleURL = regexp.MustCompile(`url\("([^":]+)"\)`)

// resolve puts the addresses with checksums into a style sheet that names
// other files: url("../fonts/x.woff2").
func (a *Assets) resolve(name string, body []byte) (out []byte, err error) {
	out = styleURL.ReplaceAllFunc(body, func(found []byte) []byte {
		target := path.Join(path.Dir(name), string(styleURL.FindSubmatch(found)[1]))
		address, missing := a.URL(target)
		if missing != nil {
			err = missing
		}
		return []byte(`url("` + address + `")`)
	})
	return out, err
}

func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".topojson":
		return "application/json"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// URL returns the address of a file: URL("css/lensan.css"). A file that does
// not exist is an error, so that a page with a wrong name is never sent.
func (a *Assets) URL(name string) (string, error) {
	if address, ok := a.byName[name]; ok {
		return address, nil
	}
	return "", fmt.Errorf("no asset named %s", name)
}

// Handle answers GET /assets/*.
func (a *Assets) Handle(c *fiber.Ctx) error {
	file, ok := a.byPath[c.Path()]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, immutable)
	c.Set(fiber.HeaderContentType, file.contentType)
	if file.gzip == nil {
		return c.Send(file.body)
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	switch accepted := &c.Context().Request.Header; {
	case accepted.HasAcceptEncoding("br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(file.brotli())
	case accepted.HasAcceptEncoding("gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(file.gzip())
	}
	return c.Send(file.body)
}

// mostUnpacked is the size, in bytes, up to which packing gains nothing.
const mostUnpacked = 512

// brotliWriter packs nearly as well as it can: the best takes a second for half
// a megabyte, this a tenth of one.
func brotliWriter(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 9) }

func gzipWriter(w io.Writer) io.WriteCloser {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}

func pack(body []byte, packer func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	w := packer(&b)
	w.Write(body) // a bytes.Buffer does not fail
	w.Close()
	return b.Bytes()
}

// Integrity returns the value of an integrity attribute (SHA-384) for a script.
func Integrity(body []byte) string {
	return "sha384-" + base64.StdEncoding.EncodeToString(sha384(body))
}
