package web

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// What checks whether a server is well, proxies and plain clients send is served.
func TestStrict_legitimateClients(t *testing.T) {
	app := fiber.New(FiberConfig(func(c *fiber.Ctx, err error) error { return c.SendStatus(400) }))
	app.All("/*", func(c *fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) })
	app.Handler()
	server := app.Server()
	server.Handler = Strict(server.ErrorHandler, server.Handler)
	LimitBodies(server, func(*fasthttp.RequestHeader) bool { return false })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(Calm(l)) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	for name, sent := range map[string]string{
		"a load balancer by HTTP/1.0":       "OPTIONS / HTTP/1.0||",
		"a check by HTTP/1.0":               "GET /readyz HTTP/1.0||",
		"nginx's default upstream":          "GET /go/K7Q2PX HTTP/1.0|Host: lensan_upstream|Connection: close||",
		"HEAD":                              "HEAD /go/K7Q2PX HTTP/1.1|Host: a||",
		"a host with a port":                "GET / HTTP/1.1|Host: a:8080||",
		"a host in capitals":                "GET / HTTP/1.1|Host: LENSAN.EXAMPLE||",
		"a host with a dot at its end":      "GET / HTTP/1.1|Host: lensan.example.||",
		"IPv6":                              "GET / HTTP/1.1|Host: [::1]:8080||",
		"absolute form":                     "GET http://a/x HTTP/1.1|Host: a||",
		"absolute form with IPv6":           "GET http://[::1]:8080/x HTTP/1.1|Host: [::1]:8080||",
		"absolute form, the port in one":    "GET http://a:80/x HTTP/1.1|Host: a||",
		"absolute form, the port in other":  "GET https://a/x HTTP/1.1|Host: a:443||",
		"absolute form, scheme in capitals": "GET HTTP://A/x HTTP/1.1|Host: a||",
		"an upgrade that is not taken":      "GET / HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: websocket||",
		"a body that is waited for":         "POST / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 1||x",
		"a body in chunks":                  "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||1|x|0||",
		"chunks with a trailer":             "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Trailer: X||1|x|0|X: y||",
		"an empty body":                     "POST / HTTP/1.1|Host: a|Content-Length: 0||",
		"a POST without a length":           "POST / HTTP/1.1|Host: a||",
		"a GET with an empty body":          "GET / HTTP/1.1|Host: a|Content-Length: 0||",
		"two lines of one name":             "GET / HTTP/1.1|Host: a|Accept: a|Accept: b||",
		"an empty header":                   "GET / HTTP/1.1|Host: a|X:||",
		"a header of Vietnamese":            "GET /?q=ch%E1%BB%A3 HTTP/1.1|Host: a|Referer: https://a/chợ||",
		"an address not escaped":            "GET /chợ?q=cà HTTP/1.1|Host: a||",
		"a path of two slashes":             "GET //go//x HTTP/1.1|Host: a||",
		"an empty query":                    "GET /? HTTP/1.1|Host: a||",
	} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := c.Write([]byte(strings.ReplaceAll(sent, "|", "\r\n"))); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		answer, err := http.ReadResponse(r, nil)
		if err == nil && answer.StatusCode == http.StatusContinue {
			answer, err = http.ReadResponse(r, nil)
		}
		if err != nil || answer.StatusCode != http.StatusNoContent {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
}
