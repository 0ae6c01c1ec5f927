package public

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/gofiber/fiber/v2"

	"lensan/server/web"
	"lensan/widget"
)

const pinned = "public, max-age=31536000, immutable"

// scripts answers GET /w/v1.{hash}.js, every release of the enhancer by the
// checksum of its content. Which one is in force is releases' to say.
type scripts struct {
	byName    map[string]file // "v1.js" is the newest
	pinned    string          // "/w/v1.1a2b3c4d5e.js", the newest
	integrity string          // of the pinned one
}

func newScripts() (*scripts, error) { return readScripts(widget.Files) }

func readScripts(files fs.FS) (*scripts, error) {
	s := &scripts{byName: map[string]file{}}
	names, err := fs.Glob(files, "dist/v1*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		hash := scriptHash(body)
		s.byName["v1."+hash+".js"] = newFile(body, "text/javascript; charset=utf-8")
		switch name {
		case "dist/v1.js":
			s.byName["v1.js"] = s.byName["v1."+hash+".js"]
			s.pinned, s.integrity = "/w/v1."+hash+".js", web.Integrity(body)
		case "dist/v1." + hash + ".js":
		default:
			return nil, fmt.Errorf("widget: %s holds the content of v1.%s.js", name, hash)
		}
	}
	if s.pinned == "" {
		return nil, fmt.Errorf("widget: dist/v1.js is missing")
	}
	return s, nil
}

func scriptHash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:5])
}

func (s *scripts) handle(c *fiber.Ctx) error {
	f, ok := s.byName[c.Params("file")]
	if !ok {
		return fiber.ErrNotFound
	}
	return f.send(c, pinned)
}
