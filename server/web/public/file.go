package public

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/patrickmn/go-cache"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"lensan/server/referral"
)

// How long browsers and proxies keep what portals embed: an hour, and a week
// longer while we cannot be reached.
const evergreen = "public, max-age=3600, stale-while-revalidate=604800, stale-if-error=604800"

// file is an answer that is made once and sent often.
type file struct {
	body, brotli []byte // brotli is nil where it gains nothing
	gzip         []byte // nil for most, see packGzip
	contentType  string
	etag         string
}

func newFile(body []byte, contentType string) file {
	sum := sha256.Sum256(body)
	f := file{body: body, contentType: contentType, etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	if contentType != "image/png" && contentType != "application/pdf" { // those are packed already
		var b bytes.Buffer
		w := brotli.NewWriterLevel(&b, brotli.BestCompression)
		w.Write(body) // a bytes.Buffer does not fail
		w.Close()
		f.brotli = b.Bytes()
	}
	return f
}

// packGzip packs a file also for what does not read Brotli: browsers without
// TLS, and programs.
func (f *file) packGzip() error {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err = w.Write(f.body); err == nil {
		err = w.Close()
	}
	f.gzip = b.Bytes()
	return err
}

// send answers with a file that any page may embed, or 304 for one that the
// browser still has.
func (f *file) send(c *fiber.Ctx, cacheControl string) error {
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	return f.answer(c, cacheControl)
}

func (f *file) answer(c *fiber.Ctx, cacheControl string) error {
	c.Set(fiber.HeaderCacheControl, cacheControl)
	c.Set(fiber.HeaderETag, f.etag)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	if f.brotli != nil {
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	if c.Get(fiber.HeaderIfNoneMatch) == f.etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, f.contentType)
	switch accepted := &c.Context().Request.Header; {
	case f.brotli != nil && accepted.HasAcceptEncoding("br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(f.brotli)
	case f.gzip != nil && accepted.HasAcceptEncoding("gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.gzip)
	}
	return c.Send(f.body)
}

// renderWait is how long a request waits for its turn to have a file rendered.
const renderWait = 10 * time.Second

// rendered keeps files up to a number of bytes. Each is rendered once however
// many ask for it, and few at a time, so that redirects keep their processors.
type rendered struct {
	files  *cache.Cache
	most   int64
	bytes  atomic.Int64
	flight singleflight.Group
	turns  *semaphore.Weighted
}

func newRendered(most int64) *rendered {
	return &rendered{files: cache.New(cache.NoExpiration, 0), most: most, turns: semaphore.NewWeighted(2)}
}

// get returns the file of a key, by render if it is not kept. When there is no
// room all files are forgotten: the cache has no order by which to choose, and
// those that matter are back at once.
func (r *rendered) get(key string, render func() (file, error)) (*file, error) {
	if kept, ok := r.files.Get(key); ok {
		return kept.(*file), nil
	}
	made, err, _ := r.flight.Do(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), renderWait)
		defer cancel()
		if err := r.turns.Acquire(ctx, 1); err != nil {
			return nil, errors.Join(referral.ErrUnavailable, err)
		}
		defer r.turns.Release(1)
		if kept, ok := r.files.Get(key); ok { // another flight landed between the two looks
			return kept, nil
		}
		f, err := render()
		if err != nil {
			return nil, err
		}
		if size := int64(len(f.body) + len(f.brotli) + len(key)); size <= r.most/4 {
			if r.bytes.Add(size) > r.most {
				r.files.Flush()
				r.bytes.Store(size)
			}
			r.files.SetDefault(key, &f)
		}
		return &f, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*file), nil
}
