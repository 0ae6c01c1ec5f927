package app

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/testkit"
	"lensan/server/text"
)

// outside is a marketplace and a portal, and remembers which server asked.
type outside struct {
	mu     sync.Mutex
	status int // of the marketplace
	badge  bool
	code   referral.Code
	market map[string]int // how often each server asked, by its base URL
	portal map[string]int
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, who, _ := strings.Cut(r.UserAgent(), "(+")
	w.Header().Set("Content-Type", "text/html")
	if r.URL.Path == "/portal" {
		o.portal[who]++
		if o.badge {
			fmt.Fprintf(w, `<a href="http://a.localhost/go/%[1]s"><img src="http://a.localhost/b/%[1]s.svg" alt="Hỗ trợ"></a>`, o.code)
		}
		return
	}
	if r.URL.Path == "/" {
		o.market[who]++
		w.WriteHeader(o.status)
	}
	io.WriteString(w, "<title>Sàn nông sản</title><h1>Đăng ký bán hàng</h1>")
}

// asked returns which servers asked since it was last called.
func (o *outside) asked() (market, portal map[string]int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	market, portal = o.market, o.portal
	o.market, o.portal = map[string]int{}, map[string]int{}
	return market, portal
}

func (o *outside) set(change func()) { o.mu.Lock(); defer o.mu.Unlock(); change() }

// cable leads a server to what it checks, until it is cut.
type cable struct {
	health.Asker
	cut atomic.Bool
}

func (c *cable) Ask(ctx context.Context, method, address string) (probe.Page, error) {
	if c.cut.Load() {
		return probe.Page{}, referral.Errorf(referral.ErrInvalid, "error.probe_unreachable")
	}
	return c.Asker.Ask(ctx, method, address)
}

// pair is two servers on one database and one clock, whose jobs the test runs.
type pair struct {
	t       *testing.T
	mu      sync.Mutex
	time    time.Time
	outside *outside
	servers [2]*App
	cables  [2]cable
	end     [2]context.CancelFunc // of the server's turns
	jobs    [2][]func(context.Context) error
}

func (p *pair) now() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.time }

func startPair(t *testing.T, database string) *pair {
	p := &pair{t: t, time: time.Date(2026, 11, 24, 10, 0, 0, 0, referral.Zone), outside: &outside{status: 200, market: map[string]int{}, portal: map[string]int{}}}
	site := httptest.NewServer(p.outside)
	t.Cleanup(site.Close)
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	for i := range p.servers {
		a, err := New(t.Context(), config.Config{Data: t.TempDir(), DatabaseURL: database, BaseURL: fmt.Sprintf("http://%c.localhost", 'a'+i), CommitWait: time.Minute,
			HealthInterval: 15 * time.Minute, CoverageInterval: 24 * time.Hour}, Options{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: p.now})
		fatal(t, err)
		t.Cleanup(func() { a.Close() })
		asker := probe.New(probe.Options{Contact: a.config.Base(), HostPause: time.Millisecond, Allow: func(at netip.AddrPort) bool { return at.Addr().IsLoopback() }})
		p.cables[i].Asker = asker
		a.health = health.New(a.store, a.registry, &p.cables[i], health.Options{Interval: a.config.HealthInterval, Now: p.now, Log: a.log})
		a.coverage = coverage.New(a.store, a.registry.Provinces(), asker, coverage.Options{Base: "http://a.localhost", Interval: a.config.CoverageInterval, Now: p.now,
			Addresses: func(string) []string { return []string{site.URL + "/portal"} }})
		p.servers[i], a.checking.wait, a.looking.wait = a, time.Minute, time.Minute // a slow machine takes no turn away
		p.jobs[i] = []func(context.Context) error{a.refreshLinks, a.checking.job(a.health.Load, a.checkDestinations), a.looking.job(a.coverage.Follow, a.coverage.Tick)}
	}
	a := p.servers[0]
	ptr := func(s string) *string { return &s }
	seeded, err := a.registry.Destinations(t.Context())
	fatal(t, err)
	for _, d := range seeded {
		_, err := a.registry.UpdateDestination(t.Context(), root, d.ID, registry.DestinationInput{URL: ptr(strings.Replace(site.URL, "127.0.0.1", "localhost", 1) + "/" + d.ID)}, "Thử ở đây")
		fatal(t, err)
	}
	_, err = a.registry.CreateDestination(t.Context(), root, registry.DestinationInput{ID: ptr("market"), Kind: ptr("guide"), NameVi: ptr("Sàn"), NameEn: ptr("Market"), URL: ptr(site.URL + "/"), FallbackID: ptr("guide")})
	fatal(t, err)
	host, _, err := net.SplitHostPort(strings.TrimPrefix(site.URL, "http://"))
	fatal(t, err)
	_, err = a.registry.CreatePortal(t.Context(), root, registry.PortalInput{ID: ptr("so"), Name: ptr("Sở"), Province: ptr("91"), Hosts: &[]string{host}})
	fatal(t, err)
	placed, err := a.registry.CreatePlacement(t.Context(), root, registry.PlacementInput{Portal: ptr("so"), Kind: ptr("widget"), Destination: ptr("market")})
	fatal(t, err)
	p.outside.set(func() { p.outside.code, p.outside.badge = placed.Code, true })
	fatal(t, p.servers[1].refreshLinks(t.Context()))
	return p
}

// serve lets a server take turns.
func (p *pair) serve(i int) {
	ctx, cancel := context.WithCancel(p.t.Context())
	var both sync.WaitGroup
	both.Go(func() { p.servers[i].checking.run(ctx) })
	both.Go(func() { p.servers[i].looking.run(ctx) })
	p.end[i] = func() { cancel(); both.Wait() }
	p.t.Cleanup(p.end[i])
}

// on waits until a server has both duties.
func (p *pair) on(i int) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		held := 0
		for _, d := range []*duty{p.servers[i].checking, p.servers[i].looking} {
			d.mu.Lock()
			if d.held != nil {
				held++
			}
			d.mu.Unlock()
		}
		if held == 2 {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("server %d has %d of 2 duties", i, held)
		}
	}
}

// pass lets time pass at both servers, whose jobs run each half minute.
func (p *pair) pass(d time.Duration) {
	p.t.Helper()
	for step := 30 * time.Second; d > 0; d -= step {
		p.mu.Lock()
		p.time = p.time.Add(step)
		p.mu.Unlock()
		for _, jobs := range p.jobs {
			for _, job := range jobs {
				fatal(p.t, job(p.t.Context()))
			}
		}
	}
}

// want says where the code leads at both servers, and what both know.
func (p *pair) want(when, leads string, effective health.State, state coverage.State) {
	p.t.Helper()
	for i, a := range p.servers {
		to := "hub"
		if d := a.links.Load().Find(p.outside.code).Destination; d != nil {
			to = d.ID
		}
		s := a.health.Status("market")
		var found coverage.State
		for _, row := range a.coverage.Report().Rows {
			if row.ID() == "so" {
				found = row.State
			}
		}
		if to != leads || s.Effective() != effective || found != state {
			p.t.Errorf("%s, server %d: the code leads to %s, the market is %s, the portal %s; want %s, %s, %s", when, i, to, s.Effective(), found, leads, effective, state)
		}
	}
}

// Of two servers on one database one asks destinations and portals, and both
// know what it found; when it ends the other goes on.
func TestDuty_twoServers(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	p := startPair(t, database)
	p.pass(time.Minute)
	if market, portal := p.outside.asked(); len(market)+len(portal) > 0 {
		t.Errorf("asked by %v, %v, whose turn it is not", market, portal)
	}
	p.serve(0)
	p.on(0)
	p.serve(1)
	p.pass(20 * time.Minute)
	p.want("at first", "market", health.Alive, coverage.Unseen)

	p.outside.set(func() { p.outside.status = 503 })
	p.pass(30 * time.Minute)
	p.want("two intervals after its death", "guide", health.Dead, coverage.Unseen)
	if market, portal := p.outside.asked(); market["http://a.localhost)"] < 4 || portal["http://a.localhost)"] != 1 || len(market) != 1 || len(portal) != 1 {
		t.Errorf("asked by %v, %v, want the first server alone", market, portal)
	}

	// What an admin says at the one stays when the other has checked.
	_, err := p.servers[1].health.Force(t.Context(), root, "market", health.Alive, "Sàn đang mở lại")
	fatal(t, err)
	p.pass(time.Hour)
	p.want("overruled", "market", health.Alive, coverage.Unseen)
	_, err = p.servers[1].health.Force(t.Context(), root, "market", health.Auto, "Thôi")
	fatal(t, err)
	p.outside.asked()
	p.pass(time.Minute)
	p.want("left to the checks again", "guide", health.Dead, coverage.Unseen)
	if market, _ := p.outside.asked(); market["http://a.localhost)"] == 0 || len(market) != 1 {
		t.Errorf("not checked at once: %v", market)
	}

	// Asked for at the one, known to both.
	p.outside.set(func() { p.outside.badge = false })
	_, err = p.servers[1].coverage.LookNow(t.Context(), root, "so")
	fatal(t, err)
	p.pass(time.Minute)
	p.want("taken down", "guide", health.Dead, coverage.Lost)

	p.outside.set(func() { p.outside.status, p.outside.badge = 200, true })
	p.end[0]()
	p.on(1)
	p.outside.asked()
	p.pass(30 * time.Minute)
	p.want("the other has taken over", "market", health.Alive, coverage.Lost)
	if market, portal := p.outside.asked(); market["http://b.localhost)"] < 2 || len(market) != 1 || len(portal) != 0 {
		t.Errorf("asked by %v, %v", market, portal)
	}
	p.mu.Lock()
	p.time = p.time.Add(27 * time.Hour)
	p.mu.Unlock()
	p.pass(time.Minute)
	p.want("a day later", "market", health.Alive, coverage.Unseen)
	if _, portal := p.outside.asked(); portal["http://b.localhost)"] != 1 || len(portal) != 1 {
		t.Errorf("looked at by %v", portal)
	}
}

// Work ends with the connection that the turn is held on, and is no failure.
func TestDuty_endsWithItsConnection(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	p := startPair(t, database)
	p.serve(0)
	p.on(0)
	began, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- p.servers[0].checking.job(func(context.Context) error { return nil }, func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})(t.Context())
	}()
	<-began
	db, err := sql.Open("pgx", database)
	fatal(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec("SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE datname = current_database() AND locktype = 'advisory' AND objid = $1", healthTurn)
	fatal(t, err)
	select {
	case err := <-ended:
		fatal(t, err)
	case <-time.After(time.Minute):
		t.Fatal("works on without its turn")
	}
	p.on(0)
}

// A server from which nothing can be reached leaves the checks to another.
func TestDuty_offline(t *testing.T) {
	database := testkit.Database(t)
	if database == "" {
		return
	}
	p := startPair(t, database)
	p.servers[0].checking.away = time.Hour
	p.serve(0)
	p.on(0)
	p.pass(20 * time.Minute)
	p.cables[0].cut.Store(true)
	p.outside.asked()
	p.pass(20 * time.Minute)
	if s := p.servers[1].health.Status("market"); s.State != health.Alive || s.Reason != health.Offline {
		t.Errorf("%+v", s)
	}
	p.serve(1)
	deadline := time.Now().Add(time.Minute)
	for held := false; !held; time.Sleep(10 * time.Millisecond) {
		d := p.servers[1].checking
		d.mu.Lock()
		held = d.held != nil
		d.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("the checks are left to nobody")
		}
	}
	p.pass(20 * time.Minute)
	market, _ := p.outside.asked()
	if s := p.servers[0].health.Status("market"); s.Reason != health.Fine || market["http://b.localhost)"] == 0 {
		t.Errorf("%+v, asked by %v", s, market)
	}
}
