package web

import (
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// LimitBodies bounds the memory that requests may claim. The HTTP server makes
// room for a body as soon as it is announced, and nothing of it need ever come:
// a thousand connections could claim 10 GB with a hundred bytes each. So only
// few large bodies are awaited at once; while as many are, another one is
// answered 413. Call it when the server has its handler.
func LimitBodies(server *fasthttp.Server) {
	var b bodies
	server.HeaderReceived = func(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
		if isLarge(h.ContentLength()) && !b.await(time.Now()) {
			c.MaxRequestBodySize = smallBody
		}
		return c
	}
	next := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		if isLarge(ctx.Request.Header.ContentLength()) {
			b.came(time.Now())
		}
		next(ctx)
	}
}

const (
	smallBody   = 64 << 10 // bytes that every connection may claim
	largeBodies = 8
	chunked     = -1 // the length of a body that comes in chunks, of any size
)

func isLarge(length int) bool { return length > smallBody || length == chunked }

// bodies are the large ones that are awaited: each until it has come, or cannot
// come any more because its request has taken too long.
type bodies struct {
	mu    sync.Mutex
	until [largeBodies]time.Time
}

// await takes a place for a body; false if there is none.
func (b *bodies) await(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.until {
		if !b.until[i].After(now) {
			b.until[i] = now.Add(patience)
			return true
		}
	}
	return false
}

// came frees a place, that which would be free first.
func (b *bodies) came(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := -1
	for i := range b.until {
		if b.until[i].After(now) && (first < 0 || b.until[i].Before(b.until[first])) {
			first = i
		}
	}
	if first >= 0 {
		b.until[first] = time.Time{}
	}
}
