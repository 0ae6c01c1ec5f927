package probe

import (
	"context"
	"sync"
	"time"
)

// gates let one request at a time through to each host, and a pause between two.
type gates struct {
	pause time.Duration
	mu    sync.Mutex
	hosts map[string]*gate
}

type gate struct {
	turn  chan struct{} // holds a token while nobody is within
	users int           // within or waiting; the gate is forgotten with the last
}

// enter waits for the turn at a host; leave must be called once, and keeps the
// host closed for the pause.
func (g *gates) enter(ctx context.Context, host string) (leave func(), err error) {
	g.mu.Lock()
	at := g.hosts[host]
	if at == nil {
		if g.hosts == nil {
			g.hosts = map[string]*gate{}
		}
		at = &gate{turn: make(chan struct{}, 1)}
		at.turn <- struct{}{}
		g.hosts[host] = at
	}
	at.users++
	g.mu.Unlock()
	done := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if at.users--; at.users == 0 {
			delete(g.hosts, host)
		}
	}
	select {
	case <-at.turn:
		return func() {
			time.AfterFunc(g.pause, func() {
				at.turn <- struct{}{}
				done()
			})
		}, nil
	case <-ctx.Done():
		done()
		return nil, ctx.Err()
	}
}
