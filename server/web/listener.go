package web

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// deadlineSlack is how much earlier than asked a connection may time out.
const deadlineSlack = time.Second

// Calm returns a listener that outlasts a shortage of files or memory, and whose
// connections move a deadline only when it changes by more than a second. The
// HTTP server sets two or three of them for each request, and moving one costs
// as much as a tenth of a bare redirect.
func Calm(l net.Listener) net.Listener { return calmListener{l} }

type calmListener struct{ net.Listener }

// Accept waits while there is nothing to take a connection with, no file left
// most of all: the HTTP server would end.
func (l calmListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			return &calmConn{Conn: c, peer: addrOf(c.RemoteAddr())}, nil
		}
		if passing, ok := errors.AsType[net.Error](err); !ok || !passing.Temporary() {
			return nil, err
		}
		time.Sleep(acceptPause)
	}
}

// acceptPause is how long to wait before the next try.
const acceptPause = 20 * time.Millisecond

// calmConn may be used by many goroutines at once, as every net.Conn: one that
// streams a file moves a deadline while the server sets its own.
type calmConn struct {
	net.Conn
	peer        netip.Addr // told once, as every request asks for it
	read, write atomic.Pointer[time.Time]
}

func (c *calmConn) SetReadDeadline(t time.Time) error {
	if set := c.read.Load(); set != nil && closeEnough(*set, t) {
		return nil
	}
	c.read.Store(copied(t))
	return c.Conn.SetReadDeadline(t)
}

func (c *calmConn) SetWriteDeadline(t time.Time) error {
	if set := c.write.Load(); set != nil && closeEnough(*set, t) {
		return nil
	}
	c.write.Store(copied(t))
	return c.Conn.SetWriteDeadline(t)
}

func (c *calmConn) SetDeadline(t time.Time) error {
	c.read.Store(copied(t))
	c.write.Store(copied(t))
	return c.Conn.SetDeadline(t)
}

// closeEnough reports whether set may stand for want: it is not later, and
// earlier by less than the slack.
func closeEnough(set, want time.Time) bool {
	if set.IsZero() || want.IsZero() {
		return false
	}
	later := want.Sub(set)
	return later >= 0 && later < deadlineSlack
}

// copied keeps a deadline that stays where it is off the heap.
func copied(t time.Time) *time.Time { return &t }
