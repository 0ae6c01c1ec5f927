package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// A large body has its place until it came or failed, and no longer: others
// are not turned away for what is over.
func TestLimitBodies_givesPlacesBack(t *testing.T) {
	app := fiber.New(FiberConfig(nil))
	app.Post("/", func(c *fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) })
	app.Handler() // the server has it now
	LimitBodies(app.Server(), func(h *fasthttp.RequestHeader) bool { return len(h.Peek("Authorization")) > 0 })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(l) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	const begin = "POST / HTTP/1.1\r\nHost: a\r\n"
	dial := func(sent string) (net.Conn, *bufio.Reader) {
		t.Helper()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		return c, bufio.NewReader(c)
	}
	status := func(r *bufio.Reader) int {
		t.Helper()
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode
	}
	const announced = begin + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n"
	sent := func(announced string) int {
		t.Helper()
		c, r := dial(announced)
		if got := status(r); got != http.StatusContinue {
			return got
		}
		if _, err := io.WriteString(c, strings.Repeat("x", 100_000)); err != nil {
			t.Fatal(err)
		}
		return status(r)
	}
	large := func() int { t.Helper(); return sent(announced) }
	comesFree := func() bool { // soon, and not only when no request lasts longer
		for end := time.Now().Add(patience / 2); large() != http.StatusNoContent; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				return false
			}
		}
		return true
	}
	for _, row := range []struct{ name, sent string }{
		{"empty, in chunks", begin + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"short, in chunks", begin + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"},
		{"broken off", begin + "Content-Length: 100000\r\n\r\nx"},
		{"broken off in a chunk", begin + "Transfer-Encoding: chunked\r\n\r\nffff\r\nx"},
		{"broken off between chunks", begin + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"},
		{"broken off before its trailer", begin + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"},
		{"of no chunks", begin + "Transfer-Encoding: chunked\r\n\r\nx\r\n"},
		{"too large", begin + "Content-Length: 99999999\r\n\r\n"},
		{"waited for and broken off", begin + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n"},
	} {
		var conns [largeBodies]net.Conn
		var answers [largeBodies]*bufio.Reader
		for i := range conns {
			conns[i], answers[i] = dial(row.sent)
		}
		for i, c := range conns {
			c.(*net.TCPConn).CloseWrite()
			if _, err := io.Copy(io.Discard, answers[i]); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		if !comesFree() {
			t.Errorf("the places of bodies that are %s are not free", row.name)
		}
	}

	var held []net.Conn
	for range largeBodies {
		c, r := dial(announced)
		if got := status(r); got != http.StatusContinue {
			t.Fatal(got)
		}
		held = append(held, c)
	}
	if got := large(); got != http.StatusRequestEntityTooLarge {
		t.Errorf("while all places are taken: %d", got)
	}
	if got := sent(begin + "Authorization: x\r\n" + announced[len(begin):]); got != http.StatusNoContent {
		t.Errorf("of somebody who is known, while others take all places: %d", got)
	}
	if _, r := dial(begin + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"); status(r) != http.StatusNoContent {
		t.Error("a small body in chunks is refused")
	}
	if got := large(); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a small body in chunks freed the place of another: %d", got)
	}
	held[0].Close()
	if !comesFree() {
		t.Error("the place of a body that was broken off is not free")
	}
}
