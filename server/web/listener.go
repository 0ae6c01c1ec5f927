package web

import (
	"net"
	"sync/atomic"
	"time"
)

// deadlineSlack is how much earlier than asked a connection may time out.
const deadlineSlack = time.Second

// Calm returns a listener whose connections move a deadline only when it
// changes by more than a second. The HTTP server sets two or three of them for
// each request, and moving one costs as much as a tenth of a bare redirect.
func Calm(l net.Listener) net.Listener { return calmListener{l} }

type calmListener struct{ net.Listener }

func (l calmListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &calmConn{Conn: c}, nil
}

// calmConn may be used by many goroutines at once, as every net.Conn: one that
// streams a file moves a deadline while the server sets its own.
type calmConn struct {
	net.Conn
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
