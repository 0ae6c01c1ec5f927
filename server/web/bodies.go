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
// answered 413. Those whom known knows have places of their own, which nobody
// else can hold against them. Call it when the server has its handler.
func LimitBodies(server *fasthttp.Server, known func(*fasthttp.RequestHeader) bool) {
	ofKnown, ofOthers := newBodies(), newBodies()
	server.HeaderReceived = func(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
		if !isLarge(h.ContentLength()) {
			return c
		}
		places := ofOthers
		if known(h) {
			places = ofKnown
		}
		if !places.await(h, time.Now()) {
			c.MaxRequestBodySize = smallBody
		}
		return c
	}
	ended := func(ctx *fasthttp.RequestCtx) {
		ofKnown.ended(&ctx.Request.Header)
		ofOthers.ended(&ctx.Request.Header)
	}
	next := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		ended(ctx)
		next(ctx)
	}
	if refuse := server.ErrorHandler; refuse != nil {
		server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
			ended(ctx)
			refuse(ctx, err)
		}
	}
}

const (
	smallBody   = 64 << 10 // bytes that every connection may claim
	largeBodies = 4        // of those who are known, and as many of others
	chunked     = -1       // the length of a body that comes in chunks, of any size
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

func newBodies() *bodies { return &bodies{until: map[*fasthttp.RequestHeader]time.Time{}} }

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
