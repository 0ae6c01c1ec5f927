package health_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/health"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
	"lensan/server/testkit"
)

const interval = 15 * time.Minute

var admin = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleAdmin}

// world is a registry with two marketplaces on real servers, a guide to fall
// back to, and a code that leads to the first.
type world struct {
	t        *testing.T
	mu       sync.Mutex
	time     time.Time
	store    *store.Store
	registry *registry.Registry
	links    *referral.LinkTable
	checker  *health.Checker
	asker    *probe.Probe
	code     referral.Code
	status   atomic.Int64 // of the first marketplace's answers; 0 hangs up
	all      atomic.Bool  // nothing answers at all
}

func (w *world) now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.time }

func ptr[T any](v T) *T { return &v }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, time: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC), links: new(referral.LinkTable)}
	w.status.Store(200)
	ctx := t.Context()
	w.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		must(t, err)
		return string(raw)
	}
	provinces, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	must(t, err)
	w.registry = registry.New(w.store, provinces, w.links, w.now)
	destination := func(id, url, fallback string) {
		in := registry.DestinationInput{ID: &id, Kind: ptr("guide"), NameVi: ptr(id), NameEn: ptr(id), URL: &url}
		if fallback != "" {
			in.FallbackID = &fallback
		}
		_, err := w.registry.CreateDestination(ctx, admin, in)
		must(t, err)
	}
	destination("guide", w.serve(func() int { return 200 }), "")
	destination("market", w.serve(func() int { return int(w.status.Load()) }), "guide")
	_, err = w.registry.CreatePortal(ctx, admin, registry.PortalInput{ID: ptr("so"), Name: ptr("Sở"), Province: ptr("91")})
	must(t, err)
	p, err := w.registry.CreatePlacement(ctx, admin, registry.PlacementInput{Portal: ptr("so"), Kind: ptr("qr"), Destination: ptr("market")})
	must(t, err)
	w.code = p.Code
	w.asker = probe.New(probe.Options{MaxTime: 30 * time.Second, HostPause: time.Millisecond, Allow: func(at netip.AddrPort) bool { return at.Addr().IsLoopback() }})
	w.restart()
	return w
}

func (w *world) serve(status func() int) string {
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		n := status()
		if n == 0 || w.all.Load() {
			panic(http.ErrAbortHandler)
		}
		out.Header().Set("Content-Type", "text/html")
		out.WriteHeader(n)
		fmt.Fprint(out, "<title>Sàn nông sản</title><h1>Đăng ký bán hàng</h1>")
	}))
	w.t.Cleanup(s.Close)
	return s.URL + "/"
}

// restart is what a restart of the server leaves.
func (w *world) restart() {
	w.t.Helper()
	w.checker = health.New(w.store, w.registry, w.asker, health.Options{Interval: interval, Now: w.now, Log: slog.New(slog.DiscardHandler)})
	must(w.t, w.checker.Load(w.t.Context()))
}

// pass lets time pass in steps as the server's, checks included.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for step := 30 * time.Second; d > 0; d -= step {
		w.mu.Lock()
		w.time = w.time.Add(step)
		w.mu.Unlock()
		must(w.t, w.checker.Tick(w.t.Context()))
	}
}

// leads says where the code leads, "hub" for the hub.
func (w *world) leads() string {
	if d := w.links.Load().Find(w.code).Destination; d != nil {
		return d.ID
	}
	return "hub"
}

func (w *world) wantLeads(when, want string) {
	w.t.Helper()
	if got := w.leads(); got != want {
		w.t.Errorf("%s: the code leads to %s, want %s; %+v", when, got, want, w.checker.Status("market"))
	}
}

func TestChecker_deadAndBack(t *testing.T) {
	for name, bad := range map[string]int64{"hangs up": 0, "503": 503, "404": 404} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.wantLeads("before any check", "market")
			w.pass(interval)
			if s := w.checker.Status("market"); s.Effective() != health.Alive || s.Reason != health.Fine || s.HTTP != 200 || s.CheckedAt.IsZero() {
				t.Fatalf("%+v", s)
			}
			w.status.Store(bad)
			w.pass(30 * time.Second)
			w.wantLeads("at once", "market")
			w.pass(2 * interval)
			w.wantLeads("two intervals after its death", "guide")
			w.restart()
			w.wantLeads("after a restart", "guide")
			w.status.Store(200)
			w.pass(2 * interval)
			w.wantLeads("two intervals after it came back", "market")
			events, err := w.checker.Events(t.Context(), "market")
			must(t, err)
			var seen []string
			for _, e := range events {
				if e.Before != e.After {
					seen = append(seen, string(e.Before+">"+e.After))
				}
			}
			if got := strings.Join(seen, " "); got != "dead>alive alive>dead unknown>alive" {
				t.Errorf("events %s", got)
			}
			history, _, err := w.registry.History(t.Context(), admin, "destination", "market", registry.Page{})
			must(t, err)
			if len(history) != 3 || history[0].Verb != "health" || history[0].Actor != "system" || !strings.Contains(string(history[1].After), `"health":"dead"`) {
				t.Errorf("history %+v", history)
			}
		})
	}
}

// Without a fallback, or with a dead one, a code leads to the hub.
func TestChecker_hub(t *testing.T) {
	w := newWorld(t)
	_, err := w.registry.UpdateDestination(t.Context(), admin, "market", registry.DestinationInput{FallbackID: ptr("")}, "")
	must(t, err)
	w.pass(interval)
	w.status.Store(500)
	w.pass(2 * interval)
	w.wantLeads("dead without a fallback", "hub")
}

// When nothing at all can be reached the fault is ours: nothing changes.
func TestChecker_offline(t *testing.T) {
	w := newWorld(t)
	w.pass(interval)
	w.all.Store(true)
	w.pass(4 * interval)
	w.wantLeads("offline", "market")
	if s := w.checker.Status("market"); s.Reason != health.Offline || s.State != health.Alive {
		t.Errorf("%+v", s)
	}
	w.all.Store(false)
	w.pass(interval + interval/5)
	if s := w.checker.Status("market"); s.Reason != health.Fine {
		t.Errorf("online again: %+v", s)
	}
}

func TestChecker_newAddressBeginsAnew(t *testing.T) {
	w := newWorld(t)
	w.status.Store(404)
	w.pass(3 * interval)
	w.wantLeads("dead", "guide")
	url := w.serve(func() int { return 200 })
	_, err := w.registry.UpdateDestination(t.Context(), admin, "market", registry.DestinationInput{URL: &url}, "")
	must(t, err)
	w.pass(interval + interval/5)
	w.wantLeads("with a new address", "market")
}

func TestForce(t *testing.T) {
	w := newWorld(t)
	w.pass(interval)
	force := func(to health.State, reason string) {
		t.Helper()
		_, err := w.checker.Force(t.Context(), admin, "market", to, reason)
		must(t, err)
	}
	force(health.Dead, "Sàn báo bảo trì")
	w.wantLeads("forced dead", "guide")
	w.pass(3 * interval)
	w.wantLeads("forced dead and answering", "guide")
	w.restart()
	w.wantLeads("forced dead and restarted", "guide")
	force(health.Auto, "Sàn đã chạy lại")
	w.wantLeads("given back", "market")
	w.status.Store(503)
	w.pass(2 * interval)
	w.wantLeads("dead", "guide")
	force(health.Alive, "Sàn chặn máy kiểm tra")
	w.wantLeads("forced alive", "market")
	s := w.checker.Status("market")
	if s.State != health.Dead || s.Effective() != health.Alive || s.ForcedBy != "account:lan" || s.ForcedReason != "Sàn chặn máy kiểm tra" {
		t.Errorf("%+v", s)
	}
	history, _, err := w.registry.History(t.Context(), admin, "destination", "market", registry.Page{})
	must(t, err)
	if history[0].Verb != "force" || history[0].Actor != "account:lan" || history[0].Reason != "Sàn chặn máy kiểm tra" {
		t.Errorf("%+v", history[0])
	}
	changes := len(history)
	force(health.Alive, "Sàn chặn máy kiểm tra")
	for _, c := range []struct {
		who    referral.Actor
		id     string
		to     health.State
		reason string
		want   error
		field  string
	}{
		{referral.Actor{Kind: "account", Role: referral.RoleEditor}, "market", health.Dead, "x", referral.ErrForbidden, ""},
		{admin, "none", health.Dead, "x", referral.ErrNotFound, ""},
		{admin, "market", "ill", "x", referral.ErrInvalid, "/force"},
		{admin, "market", health.Dead, " \u00a0", referral.ErrInvalid, "/reason"},
		{admin, "market", health.Dead, strings.Repeat("ở", 501), referral.ErrInvalid, "/reason"},
		{admin, "market", health.Dead, "a\x00b", referral.ErrInvalid, "/reason"},
	} {
		_, err := w.checker.Force(t.Context(), c.who, c.id, c.to, c.reason)
		var told *referral.Error
		if !errors.Is(err, c.want) || c.field != "" && (!errors.As(err, &told) || told.Fields[0].Field != c.field) {
			t.Errorf("%s %q: %v", c.to, c.reason, err)
		}
	}
	if history, _, err = w.registry.History(t.Context(), admin, "destination", "market", registry.Page{}); err != nil || len(history) != changes {
		t.Errorf("%d changes, want %d: %v", len(history), changes, err)
	}
}

// An address in a private network that nobody allowed is neither alive nor dead.
func TestChecker_private(t *testing.T) {
	w := newWorld(t)
	w.asker = probe.New(probe.Options{MaxTime: 30 * time.Second, HostPause: time.Millisecond})
	w.restart()
	w.pass(4 * interval)
	w.wantLeads("private", "market")
	if s := w.checker.Status("market"); s.Effective() != health.Unknown || s.Reason != health.Private {
		t.Errorf("%+v", s)
	}
}

// What comes and goes takes the codes along no oftener than every few hours.
func TestChecker_flapping(t *testing.T) {
	for name, every := range map[string]time.Duration{"at each other check": interval / 3, "each half hour": 2 * interval, "each hour": 4 * interval} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(interval)
			changes, last := 0, w.leads()
			for i := 0; time.Duration(i)*every < 24*time.Hour; i++ {
				w.status.Store([]int64{503, 200}[i%2])
				w.pass(every)
				if now := w.leads(); now != last {
					changes, last = changes+1, now
				}
			}
			if changes > 8 {
				t.Errorf("the code was led elsewhere %d times in a day", changes)
			}
			w.status.Store(200)
			w.pass(9 * interval)
			w.wantLeads("once it stays", "market")
		})
	}
}

// Redirects go on while destinations die and come back.
func TestChecker_linksAreAlwaysThere(t *testing.T) {
	w := newWorld(t)
	ctx, end := context.WithCancel(t.Context())
	var looks atomic.Int64
	var reader sync.WaitGroup
	reader.Go(func() {
		for ctx.Err() == nil {
			if w.links.Load().Find(w.code) == nil {
				t.Error("the code is gone")
				return
			}
			looks.Add(1)
		}
	})
	for i := range 4 {
		w.status.Store([]int64{200, 404}[i%2])
		w.pass(2 * interval)
	}
	end()
	reader.Wait()
	if looks.Load() < 1000 {
		t.Errorf("only %d looks", looks.Load())
	}
}

// stumbling is an Asker in which one page brings the program to a panic.
type stumbling struct {
	health.Asker
	at    string
	times atomic.Int64
}

func (s *stumbling) Ask(ctx context.Context, method, address string) (probe.Page, error) {
	if strings.HasPrefix(address, s.at) {
		s.times.Add(1)
		panic("stumbled")
	}
	return s.Asker.Ask(ctx, method, address)
}

// A page at which the program stumbles is told of and asked for again an
// interval later; the others are checked all the same.
func TestChecker_stumbles(t *testing.T) {
	w := newWorld(t)
	d, err := w.registry.Destination(t.Context(), "market")
	must(t, err)
	asker := &stumbling{Asker: w.asker, at: d.URL}
	w.checker = health.New(w.store, w.registry, asker, health.Options{Interval: interval, Now: w.now, Log: slog.New(slog.DiscardHandler)})
	told := 0
	for step := 30 * time.Second; w.now().Before(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC).Add(interval)); {
		w.mu.Lock()
		w.time = w.time.Add(step)
		w.mu.Unlock()
		if err := w.checker.Tick(t.Context()); err != nil {
			told++
			if !strings.Contains(err.Error(), "stumbled") {
				t.Error(err)
			}
		}
	}
	if told != 1 || asker.times.Load() != 1 {
		t.Errorf("told %d times, asked %d times", told, asker.times.Load())
	}
	if s := w.checker.Status("guide"); s.State != health.Alive {
		t.Errorf("the other is %+v", s)
	}
	w.wantLeads("where nothing is known", "market")
}
