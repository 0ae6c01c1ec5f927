package web

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/text"
)

// A handler that panics, before or while its answer is sent, ends its own
// request and nothing else.
func TestSurvive(t *testing.T) {
	var told bytes.Buffer
	log := slog.New(slog.NewTextHandler(&told, nil))
	before := slog.Default()
	slog.SetDefault(log)
	defer slog.SetDefault(before)
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	files, err := NewAssets(assets.Files, "css", "fonts", "images", "js")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := NewPages(texts, files, Templates())
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New(FiberConfig(ErrorHandler(pages, log)))
	panics := func(c *fiber.Ctx) error {
		c.Set("X-Half", "done")
		panic("out of luck")
	}
	app.Get("/boom/:secret", panics)
	app.Get("/api/boom", panics)
	app.Get("/file", func(c *fiber.Ctx) error {
		return SendFile(c, "text/csv", "a.csv", func(w io.Writer) error {
			_, _ = io.WriteString(w, "a,b\n")
			panic("halfway")
		})
	})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("well") })
	app.Handler()
	server := app.Server()
	server.Handler = Survive(app, log, server.Handler)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(l) }()
	client := &http.Client{Transport: &http.Transport{}}
	get := func(path string) (*http.Response, string, error) {
		r, err := client.Get("http://" + l.Addr().String() + path)
		if err != nil {
			return &http.Response{}, "", err
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		return r, string(body), err
	}
	for path, want := range map[string]string{"/boom/s3cret": "text/html", "/api/boom": "application/problem+json"} {
		r, body, err := get(path)
		if err != nil || r.StatusCode != http.StatusInternalServerError || !strings.HasPrefix(r.Header.Get("Content-Type"), want) || r.Header.Get("X-Half") != "" {
			t.Errorf("%s: %d, %v, %v, %.200s", path, r.StatusCode, r.Header, err, body)
		}
		if strings.Contains(body, "luck") || strings.Contains(body, ".go:") {
			t.Errorf("%s tells: %s", path, body)
		}
	}
	if r, body, err := get("/file"); err == nil {
		t.Errorf("half a file is taken for whole: %d, %q", r.StatusCode, body)
	}
	if r, body, err := get("/"); err != nil || r.StatusCode != http.StatusOK || body != "well" {
		t.Errorf("afterwards: %d, %q, %v", r.StatusCode, body, err)
	}
	if err := app.Shutdown(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if got := told.String(); strings.Count(got, "out of luck") != 2 || !strings.Contains(got, "halfway") || !strings.Contains(got, "survive_test.go:") || strings.Contains(got, "s3cret") {
		t.Errorf("log: %s", got)
	}
}
