package web

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// countingConn counts how often a deadline is moved.
type countingConn struct {
	net.Conn
	moved int
}

func (c *countingConn) SetReadDeadline(t time.Time) error {
	c.moved++
	return c.Conn.SetReadDeadline(t)
}

func TestCalm_movesDeadlinesSeldom(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	inner := &countingConn{Conn: near}
	c := &calmConn{Conn: inner}
	base := time.Now().Add(time.Minute)
	for _, step := range []struct {
		after time.Duration
		moved int
	}{{0, 1}, {time.Millisecond, 1}, {999 * time.Millisecond, 1}, {time.Second, 2}, {1100 * time.Millisecond, 2}, {0, 3}} {
		if err := c.SetReadDeadline(base.Add(step.after)); err != nil {
			t.Fatal(err)
		}
		if inner.moved != step.moved {
			t.Errorf("after %s: moved %d times, want %d", step.after, inner.moved, step.moved)
		}
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil || inner.moved != 4 {
		t.Errorf("no deadline: moved %d times, %v", inner.moved, err)
	}
}

func TestCalm_stillTimesOut(t *testing.T) {
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Calm(plain)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read ended with %v", err)
	}
}

// shortListener has no file left for its first connections.
type shortListener struct {
	net.Listener
	failures []error
}

func (l *shortListener) Accept() (net.Conn, error) {
	if len(l.failures) > 0 {
		err := l.failures[0]
		l.failures = l.failures[1:]
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", err)}
	}
	return nil, net.ErrClosed
}

func TestCalm_outlastsAShortage(t *testing.T) {
	for err, goesOn := range map[error]bool{syscall.EMFILE: true, syscall.ENFILE: true, syscall.EBADF: false} {
		_, got := Calm(&shortListener{failures: []error{err, err}}).Accept()
		if errors.Is(got, net.ErrClosed) != goesOn {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestLimit(t *testing.T) {
	for files, want := range map[uint64]int{1024: 824, 300: 150, 65536: 12_000, 1 << 63: 12_000} {
		app := fiber.New()
		Limit(app, files)
		if got := app.Server().Concurrency; got != want {
			t.Errorf("%d files: %d connections, want %d", files, got, want)
		}
	}
}
