package main

import (
	"net"
	"sync"
	"testing"
)

// relay carries connections to one address until it is cut: then nothing goes
// through, and nobody is told, as with a cable that is pulled. What was under
// way comes when it is mended.
type relay struct {
	address string // to connect to

	mu     sync.Mutex
	mended sync.Cond
	isCut  bool
}

func startRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: l.Addr().String()}
	r.mended.L = &r.mu
	t.Cleanup(func() {
		l.Close()
		r.mend()
	})
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			go r.connect(here, to)
		}
	}()
	return r
}

func (r *relay) connect(here net.Conn, to string) {
	r.pass()
	there, err := net.Dial("tcp", to)
	if err != nil {
		here.Close()
		return
	}
	go r.carry(there, here)
	r.carry(here, there)
}

// carry takes what comes from one side to the other until either ends.
func (r *relay) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	for buffer := make([]byte, 32<<10); ; {
		n, err := from.Read(buffer)
		r.pass()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass returns when the relay is not cut.
func (r *relay) pass() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.isCut {
		r.mended.Wait()
	}
}

func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isCut = true
}

func (r *relay) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isCut = false
	r.mended.Broadcast()
}
