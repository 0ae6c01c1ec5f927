package app

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/text"
)

// What is published is what the setting asks for, wired to the numbers of the
// same server.
func TestPublicFigures_setting(t *testing.T) {
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	a, err := New(t.Context(), config.Config{Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: t.TempDir(), CommitWait: time.Minute, PublicFigures: true},
		Options{Texts: texts, Log: slog.New(slog.DiscardHandler)})
	fatal(t, err)
	defer a.Close()
	ask := func(path string) (int, string) {
		t.Helper()
		res, err := a.fiber.Test(httptest.NewRequest("GET", path, nil), -1)
		fatal(t, err)
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		fatal(t, err)
		return res.StatusCode, string(raw)
	}
	if status, _ := ask("/cong-khai"); status != 503 {
		t.Errorf("before the first figures: %d", status)
	}
	fatal(t, a.coverage.Refresh(t.Context()))
	fatal(t, a.publish(t.Context()))
	for path, want := range map[string]string{"/cong-khai": "0 trong 34 tỉnh", "/cong-khai?lang=en": "0 of 34", "/cong-khai.json": `"provinces_with_link":0`, "/cong-khai.csv": "total,", "/": `href="/cong-khai"`} {
		if status, body := ask(path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d without %q", path, status, want)
		}
	}
}
