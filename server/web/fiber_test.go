package web

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// A request that trickles in, or an answer that trickles out, ends with the
// patience for the whole of it: no byte buys more time.
func TestFiberConfig_patience(t *testing.T) {
	config := FiberConfig(nil)
	if config.ReadTimeout != patience || config.WriteTimeout != patience || config.IdleTimeout != patience {
		t.Fatalf("%s, %s, %s", config.ReadTimeout, config.WriteTimeout, config.IdleTimeout)
	}
	const short = 300 * time.Millisecond
	config.ReadTimeout, config.WriteTimeout, config.IdleTimeout = short, short, short
	app := fiber.New(config)
	closed := make(chan time.Time, 1)
	app.Server().ConnState = func(_ net.Conn, s fasthttp.ConnState) {
		if s == fasthttp.StateClosed {
			closed <- time.Now()
		}
	}
	large := strings.Repeat("x", 32<<20)
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString(large) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(Calm(l)) }()
	defer func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()

	for _, row := range []struct {
		name string
		sent string                 // at once
		more func(c net.Conn) error // again and again
	}{
		{"headers", "GET / HTTP/1.1\r\nHost: a\r\nX: ", func(c net.Conn) error { _, err := c.Write([]byte("x")); return err }},
		{"a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", func(c net.Conn) error { _, err := c.Write([]byte("x")); return err }},
		{"an answer", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", func(c net.Conn) error { _, err := c.Read(make([]byte, 64)); return err }},
	} {
		begun := time.Now()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.(*net.TCPConn).SetReadBuffer(4 << 10)
		if _, err := c.Write([]byte(row.sent)); err != nil {
			t.Fatal(err)
		}
		for open := true; open; {
			_ = row.more(c)
			select {
			case at := <-closed:
				if took := at.Sub(begun); took < short/2 {
					t.Errorf("%s: ended after %s", row.name, took)
				}
				open = false
			case <-time.After(10 * time.Millisecond):
				if time.Since(begun) > time.Minute {
					t.Fatalf("%s: the connection is still there", row.name)
				}
			}
		}
	}
}
