package web

import (
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

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
		if !places.await(connOf(h), time.Now()) {
			c.MaxRequestBodySize = smallBody
		}
		return c
	}
	ended := func(c net.Conn) {
		ofKnown.ended(c)
		ofOthers.ended(c)
	}
	next := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		ended(ctx.Conn())
		next(ctx)
	}
	if refuse := server.ErrorHandler; refuse != nil {
		server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
			ended(ctx.Conn())
			refuse(ctx, err)
		}
	}
	// The server tells its error handler nothing of a body in chunks that ends
	// where a chunk or its trailer should begin.
	told := server.ConnState
	server.ConnState = func(c net.Conn, state fasthttp.ConnState) {
		if state == fasthttp.StateClosed {
			ended(c)
		}
		if told != nil {
			told(c, state)
		}
	}
}

// connOf returns the connection over which the server has received a header:
// the header is part of what the server keeps of a request, and that names it.
func connOf(h *fasthttp.RequestHeader) net.Conn {
	const within = unsafe.Offsetof(fasthttp.RequestCtx{}.Request) + unsafe.Offsetof(fasthttp.Request{}.Header)
	return (*fasthttp.RequestCtx)(unsafe.Add(unsafe.Pointer(h), -int(within))).Conn()
}

const (
	smallBody   = 64 << 10 // bytes that every connection may claim
	largeBodies = 4        // of those who are known, and as many of others
	chunked     = -1       // the length of a body that comes in chunks, of any size
)

func isLarge(length int) bool { return length > smallBody || length == chunked }

// bodies are the large ones that are awaited, by their connection: each until
// it has come or failed, or cannot come any more because its request has taken
// too long.
type bodies struct {
	mu    sync.Mutex
	until map[net.Conn]time.Time
	some  atomic.Bool // until holds any, so that most requests need no lock
}

func newBodies() *bodies { return &bodies{until: map[net.Conn]time.Time{}} }

// await takes a place for a body; false if there is none.
func (b *bodies) await(c net.Conn, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.until, func(_ net.Conn, until time.Time) bool { return !until.After(now) })
	if len(b.until) >= largeBodies {
		return false
	}
	b.until[c] = now.Add(patience)
	b.some.Store(true)
	return true
}

// ended frees the place of a body, if it had one.
func (b *bodies) ended(c net.Conn) {
	if !b.some.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.until, c)
	b.some.Store(len(b.until) > 0)
}
