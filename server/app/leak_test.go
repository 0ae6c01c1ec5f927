package app

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2/utils"
	"go.uber.org/goleak"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/registry"
	"lensan/server/text"
)

// TestRun_leavesNoGoroutine runs a whole application with everything on, uses
// it, and stops it.
func TestRun_leavesNoGoroutine(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<title>Chợ</title>") }))
	defer elsewhere.Close()
	// Those that last as long as the process: two clocks, and one for each of Fiber's limiters, of which an application has a few.
	utils.StartTimeStampUpdater()
	of := []goleak.Option{goleak.IgnoreCurrent(),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/memory.(*Storage).gc"),
	}
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	a, err := New(t.Context(), config.Config{Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: t.TempDir(), CommitWait: time.Minute,
		HealthInterval: time.Minute, CoverageInterval: time.Minute, SilenceDays: 21, PublicFigures: true, ProbeAllow: "127.0.0.0/8"},
		Options{Texts: texts, Log: slog.New(slog.DiscardHandler), Sample: true})
	fatal(t, err)
	code := settle(t, a, elsewhere.URL)
	fatal(t, a.Listen())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	use(t, a, code)
	stop()
	fatal(t, <-ended)
	elsewhere.Close()

	err = goleak.Find(of...)
	for deadline := time.Now().Add(time.Minute); err != nil && time.Now().Before(deadline); { // what tidies up after connections sleeps for seconds
		err = goleak.Find(of...)
	}
	fatal(t, err)
}

// settle lets every destination lead to an address, so that nothing else is
// asked, and returns the code of a placement of a portal that does not answer.
func settle(t *testing.T, a *App, address string) string {
	t.Helper()
	ctx, text := t.Context(), func(s string) *string { return &s }
	destinations, err := a.registry.Destinations(ctx)
	fatal(t, err)
	for _, d := range destinations {
		_, err := a.registry.UpdateDestination(ctx, root, d.ID, registry.DestinationInput{URL: &address}, "x")
		fatal(t, err)
	}
	_, err = a.registry.CreatePortal(ctx, root, registry.PortalInput{ID: text("so-an-giang"), Name: text("Sở An Giang"), Province: text("91"), Hosts: &[]string{"127.7.1.1"}})
	fatal(t, err)
	p, err := a.registry.CreatePlacement(ctx, root, registry.PlacementInput{Portal: text("so-an-giang"), Kind: text("widget"), Destination: text("support_portal")})
	fatal(t, err)
	return string(p.Code)
}

// use does what visitors and staff do, and goes away in the middle of it.
func use(t *testing.T, a *App, code string) {
	t.Helper()
	w := &world{t: t, app: a, cookies: map[string]string{}, csrf: map[string]string{}, keys: map[string]string{}}
	w.people()
	client := &http.Client{Transport: new(http.Transport), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	ask := func(path string, want int) *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr().String()+path, nil)
		fatal(t, err)
		request.AddCookie(&http.Cookie{Name: "lensan-session", Value: w.cookies["admin"]})
		answer, err := client.Do(request)
		fatal(t, err)
		if answer.StatusCode != want {
			t.Errorf("%s: %s", path, answer.Status)
		}
		return answer
	}
	for range 20 {
		ask("/go/"+code, http.StatusFound).Body.Close()
	}
	for _, path := range []string{"/thong-ke", "/thong-ke/do-phu", "/nhung/" + code, "/qr/" + code + ".png", "/readyz"} {
		answer := ask(path, http.StatusOK)
		_, err := io.Copy(io.Discard, answer.Body)
		fatal(t, err)
		answer.Body.Close()
	}
	feed := ask("/thong-ke/hom-nay", http.StatusOK)
	if line, err := bufio.NewReader(feed.Body).ReadString('\n'); err != nil {
		t.Errorf("the counter: %q, %v", line, err)
	}
	feed.Body.Close() // before its end
	for deadline := time.Now().Add(time.Minute); a.coverage.Report() == nil || a.health.Status("support_portal").CheckedAt.IsZero(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("destinations and portals are not looked at")
		}
	}
}
