package web

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// LimitBodies bounds the memory that requests may claim. The HTTP server makes
// room for a body as soon as it is announced, and nothing of it need ever come:
// a thousand connections could claim 10 GB with a hundred bytes each. So only
// few large bodies are awaited at once; while as many are, another one is
// answered 413. Call it when the server has its handler.
func LimitBodies(server *fasthttp.Server) {
	b := bodies{until: map[*fasthttp.RequestHeader]time.Time{}}
	server.HeaderReceived = func(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
		if isLarge(h.ContentLength()) && !b.await(h, time.Now()) {
			c.MaxRequestBodySize = smallBody
		}
		return c
	}
	next := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		b.ended(&ctx.Request.Header)
		next(ctx)
	}
	if refuse := server.ErrorHandler; refuse != nil {
		server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
			b.ended(&ctx.Request.Header)
			refuse(ctx, err)
		}
	}
}

const (
	smallBody   = 64 << 10 // bytes that every connection may claim
	largeBodies = 8
	chunked     = -1 // the length of a body that comes in chunks, of any size
)

func isLarge(length int) bool { return length > smallBody || length == chunked }

// bodies are the large ones that are awaited, by the header of their request,
// which stays where it is while a connection lasts: each until it has come or
// failed, or cannot come any more because its request has taken too long.
type bodies struct {
	mu    sync.Mutex
	until map[*fasthttp.RequestHeader]time.Time
	some  atomic.Bool // until holds any, so that most requests need no lock
}

// await takes a place for a body; false if there is none.
func (b *bodies) await(h *fasthttp.RequestHeader, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.until, func(_ *fasthttp.RequestHeader, until time.Time) bool { return !until.After(now) })
	if len(b.until) >= largeBodies {
		return false
	}
	b.until[h] = now.Add(patience)
	b.some.Store(true)
	return true
}

// ended frees the place of a body, if it had one.
func (b *bodies) ended(h *fasthttp.RequestHeader) {
	if !b.some.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.until, h)
	b.some.Store(len(b.until) > 0)
}
