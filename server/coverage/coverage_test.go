package coverage_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/coverage"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/rollup"
	"lensan/server/store"
	"lensan/server/testkit"
)

const base = "https://len.example.vn"

// patience is enough for an answer on the busiest machine.
const patience = time.Minute

var admin = referral.Actor{Kind: "cli", Role: referral.RoleAdmin}

// country is a registry whose portals' hosts are addresses of 127.0.0.0/8, all
// served by one listener: real connections to as many hosts as are wanted.
type country struct {
	t        testing.TB
	mu       sync.Mutex
	time     time.Time
	pages    map[string]http.HandlerFunc // by host
	within   map[string]int
	most     int // at a time at one host
	all      int
	mostAll  int
	asked    atomic.Int64
	store    *store.Store
	registry *registry.Registry
	fetcher  coverage.Fetcher
	port     string
	coverage *coverage.Coverage
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

func (c *country) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.time }

func (c *country) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.time = c.time.Add(d) }

func newCountry(t testing.TB, patience time.Duration) *country {
	t.Helper()
	c := &country{t: t, time: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC), pages: map[string]http.HandlerFunc{}, within: map[string]int{}}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	must(t, err)
	_, c.port, _ = net.SplitHostPort(l.Addr().String())
	if conn, err := net.DialTimeout("tcp", "127.9.9.9:"+c.port, patience); err != nil {
		l.Close()
		t.Fatalf("127.0.0.0/8 is one address here: %v", err)
	} else {
		conn.Close()
	}
	server := &http.Server{Handler: http.HandlerFunc(c.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	c.store = testkit.Migrated(t, filepath.Join(t.TempDir(), "lensan.db"), store.OpenSQLite)
	read := func(name string) string {
		raw, err := assets.Files.ReadFile("data/" + name)
		must(t, err)
		return string(raw)
	}
	provinces, err := referral.ReadProvinces(read("provinces_63.csv"), read("provinces_34.csv"))
	must(t, err)
	c.registry = registry.New(c.store, provinces, new(referral.LinkTable), c.now)
	own := netip.MustParsePrefix("127.0.0.0/8")
	c.fetcher = probe.New(probe.Options{Contact: base, MaxTime: patience, HostPause: time.Millisecond, Allow: func(at netip.AddrPort) bool { return own.Contains(at.Addr()) }})
	c.read(c.fetcher)
	return c
}

// read looks at pages by way of a fetcher from now on, as a restart would.
func (c *country) read(f coverage.Fetcher) {
	c.coverage = coverage.New(c.store, c.registry.Provinces(), f, coverage.Options{Base: base, Interval: 24 * time.Hour, Now: c.now,
		Addresses: func(host string) []string { return []string{"http://" + host + ":" + c.port + "/"} }})
}

func (c *country) serve(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	c.asked.Add(1)
	c.mu.Lock()
	c.within[host]++
	c.most = max(c.most, c.within[host])
	c.all++
	c.mostAll = max(c.mostAll, c.all)
	page := c.pages[host]
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.within[host]--; c.all--; c.mu.Unlock() }()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if page == nil {
		http.NotFound(w, r)
		return
	}
	page(w, r)
}

// portal makes a portal on a host with one widget, and returns that.
func (c *country) portal(id, province, host string) referral.Placement {
	c.t.Helper()
	in := registry.PortalInput{ID: &id, Name: ptr("Cổng " + id), Province: &province, Hosts: &[]string{host}}
	_, err := c.registry.CreatePortal(c.t.Context(), admin, in)
	must(c.t, err)
	p, err := c.registry.CreatePlacement(c.t.Context(), admin, registry.PlacementInput{Portal: &id, Kind: ptr("widget"), Destination: ptr("hub")})
	must(c.t, err)
	return p
}

// seen reports views of a placement from a host on a day.
func (c *country) seen(p referral.Placement, host string, day referral.Day, views int64) {
	c.t.Helper()
	must(c.t, c.store.AddViews(c.t.Context(), map[rollup.ViewKey]rollup.Views{{Day: day, Placement: p.Num, Province: 911, Host: host}: {Views: views}}))
}

func badge(code referral.Code) string {
	return fmt.Sprintf(`<a href="%[1]s/go/%[2]s" target="_blank" rel="noopener"><img src="%[1]s/b/%[2]s.svg" alt="Hỗ trợ nông dân lên sàn" width="240" height="72"></a>`, base, code)
}

func text(html string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "<title>Cổng thông tin</title>"+html)
	}
}

func (c *country) show(host string, page http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[host] = page
}

// states runs a round and returns each portal's state.
func (c *country) states() map[string]coverage.State {
	c.t.Helper()
	must(c.t, c.coverage.Tick(c.t.Context()))
	out := map[string]coverage.State{}
	for _, row := range c.coverage.Report().Rows {
		if row.Portal != nil {
			out[row.Portal.ID] = row.State
		}
	}
	return out
}

func TestCoverage_states(t *testing.T) {
	c := newCountry(t, patience)
	today := referral.DayOf(c.now())
	hosts := map[string]string{}
	codes := map[string]referral.Placement{}
	for i, id := range []string{"both", "altered", "escaped", "blocked", "unseen", "unfound", "gone", "never", "foreign", "merged", "down"} {
		hosts[id] = fmt.Sprintf("127.7.0.%d", i+1)
		codes[id] = c.portal(id, "91", hosts[id])
	}
	for id, page := range map[string]string{
		"both":    badge(codes["both"].Code),
		"altered": strings.ReplaceAll(badge(codes["altered"].Code), `href="`, `data-href="`),
		"escaped": strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(badge(codes["escaped"].Code)),
		"blocked": `<meta http-equiv="Content-Security-Policy" content="img-src 'self'">` + badge(codes["blocked"].Code),
		"unseen":  badge(codes["unseen"].Code), "unfound": "<p>x</p>", "gone": "<p>x</p>", "never": "<p>x</p>",
		"foreign": badge(codes["both"].Code), "merged": badge(codes["merged"].Code),
	} {
		c.show(hosts[id], text(page))
	}
	c.show(hosts["down"], func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	c.seen(codes["both"], hosts["both"], today, 5)
	c.seen(codes["both"], "www."+hosts["both"], today-1, 2)
	c.seen(codes["both"], "127.250.0.1", today, 1000) // another's host
	c.seen(codes["unfound"], hosts["unfound"], today-2, 3)
	c.seen(codes["gone"], hosts["gone"], today-40, 3)
	c.seen(codes["merged"], hosts["merged"], today, 3)
	c.seen(codes["never"], "127.250.0.1", today, 9)
	_, err := c.registry.MergePortal(t.Context(), admin, "merged", "both", "Hợp nhất")
	must(t, err)
	want := map[string]coverage.State{"both": coverage.Placed, "altered": coverage.Altered, "escaped": coverage.Altered, "blocked": coverage.Altered, "unseen": coverage.Unseen,
		"unfound": coverage.Unfound, "gone": coverage.Lost, "never": coverage.Never, "foreign": coverage.Unseen, "down": coverage.Never}
	got := c.states()
	for id, state := range want {
		if got[id] != state {
			t.Errorf("%s: %s, want %s", id, got[id], state)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
	report := c.coverage.Report()
	if len(report.Rows) != len(want)+33 || len(report.Provinces()) != 34 || report.Provinces()[911] != coverage.Placed || report.Provinces()[10] != coverage.Never {
		t.Errorf("%d rows, %v", len(report.Rows), report.Provinces())
	}
	for _, row := range report.Rows {
		switch row.ID() {
		case "both":
			if row.Views != 5+2+3 || len(row.Checks) != 2 || !row.Checks[1].Found[0].Own || row.LastSeen != today {
				t.Errorf("%+v", row)
			}
		case "blocked":
			if f := row.Checks[0].Found[0]; strings.Join(f.Bad, " ") != "csp_img" || strings.Join(f.Tiers, " ") != "badge" {
				t.Errorf("%+v", f)
			}
		case "altered":
			if f := row.Checks[0].Found[0]; strings.Join(f.Bad, " ") != "link_lost" {
				t.Errorf("%+v", f)
			}
		case "escaped":
			if f := row.Checks[0].Found[0]; strings.Join(f.Bad, " ") != "escaped" {
				t.Errorf("%+v", f)
			}
		case "foreign":
			if row.Checks[0].Found[0].Own {
				t.Error("another's code is its own")
			}
		case "gone":
			if row.Since != today-40 {
				t.Errorf("lost since %s", row.Since)
			}
		case "down":
			if row.Checks[0].Fault != "probe_unreachable" {
				t.Errorf("%+v", row.Checks)
			}
		}
	}
}

// A week later the link is taken down: it is lost, the week before is kept, and
// nothing is looked at more than once a day.
// A portal that is registered now stands in the report at the next tick, also
// where no pages are read.
func TestCoverage_newPortal(t *testing.T) {
	c := newCountry(t, patience)
	c.coverage = coverage.New(c.store, c.registry.Provinces(), nil, coverage.Options{Base: base, Now: c.now})
	c.portal("first", "91", "127.7.1.1")
	c.states()
	c.portal("second", "91", "127.7.1.2")
	c.pass(10 * time.Second)
	if got := c.states(); got["second"] != coverage.Never {
		t.Errorf("after ten seconds: %v", got)
	}
}

func TestCoverage_lostAndHistory(t *testing.T) {
	c := newCountry(t, patience)
	p := c.portal("so", "91", "127.7.1.1")
	c.show("127.7.1.1", text(badge(p.Code)))
	c.seen(p, "127.7.1.1", referral.DayOf(c.now()), 5)
	for range 5 {
		c.states()
	}
	if n := c.asked.Load(); n != 1 {
		t.Errorf("asked %d times in an hour", n)
	}
	c.show("127.7.1.1", text("<p>Giao diện mới</p>"))
	for range 15 {
		c.pass(27 * time.Hour)
		c.states()
	}
	rows := c.coverage.Report().Weeks
	if len(rows) != 3 || rows[0].Portals[coverage.Unfound] != 1 || rows[0].Provinces != 1 || rows[2].Portals[coverage.Lost] != 1 || rows[2].Provinces != 0 {
		t.Errorf("%+v", rows)
	}
	row := c.coverage.Report().Rows
	for _, r := range row {
		if r.ID() == "so" && (r.State != coverage.Lost || r.Since != referral.MustDay("2026-11-24")) {
			t.Errorf("%s since %s", r.State, r.Since)
		}
	}
	c.show("127.7.1.1", text(badge(p.Code)))
	c.pass(27 * time.Hour)
	if got := c.states()["so"]; got != coverage.Unseen {
		t.Errorf("put back: %s", got)
	}
}

// A thousand portals of which some are slow and some hang: how much work it is
// and how much memory, with the servers in the same process, and that so many
// are waited for at a time that all of them could hang for less than five
// minutes.
func TestCoverage_thousandPortals(t *testing.T) {
	latency, patience := 50*time.Millisecond, 5*time.Second
	if testkit.Full() {
		latency, patience = 300*time.Millisecond, probe.MaxTime
	}
	const portals, hanging = 1000, 40
	c := newCountry(t, patience)
	filler := strings.Repeat("<p>Tin tức: bà con thu hoạch vụ hè thu, giá lúa ổn định.</p>\n", 2000)
	var list strings.Builder
	list.WriteString("id,name,province,hosts,pages\n")
	for i := range portals {
		pages := ""
		if i%5 == 0 {
			pages = "/chuyen-doi-so /lien-ket"
		}
		fmt.Fprintf(&list, "p%d,Cổng %d,91,127.8.%d.%d,%s\n", i, i, i/250, i%250+1, pages)
	}
	_, err := c.registry.ImportPortals(t.Context(), admin, strings.NewReader(list.String()))
	must(t, err)
	list.Reset()
	list.WriteString("portal,kind,destination\n")
	for i := range portals {
		fmt.Fprintf(&list, "p%d,widget,hub\n", i)
	}
	placements, err := c.registry.ImportPlacements(t.Context(), admin, strings.NewReader(list.String()))
	must(t, err)
	for i, p := range placements {
		code := p.Code
		c.show(fmt.Sprintf("127.8.%d.%d", i/250, i%250+1), func(w http.ResponseWriter, r *http.Request) {
			if i < hanging {
				<-r.Context().Done()
				return
			}
			time.Sleep(latency)
			io.WriteString(w, filler+badge(code))
		})
	}
	peak, stop := watchMemory()
	began, worked := time.Now(), testkit.ProcessorTime(t)
	states := c.states()
	took, worked := time.Since(began), testkit.ProcessorTime(t)-worked
	stop()
	found := 0
	for _, s := range states {
		if s == coverage.Unseen {
			found++
		}
	}
	t.Logf("%d portals of %d KB in %v, %v of a processor, at most %d at a time, %d at a host, %d MB in use", portals, len(filler)>>10, took.Round(time.Millisecond), worked, c.mostAll, c.most, peak.Load()>>20)
	if found != portals-hanging || c.most > 1 {
		t.Errorf("%d found, %d at a time at a host", found, c.most)
	}
	if worked > 3*time.Minute || peak.Load() > 100<<20 {
		t.Errorf("%v of a processor, %d MB", worked, peak.Load()>>20)
	}
	if all := portals * probe.MaxTime / time.Duration(c.mostAll); all > 5*time.Minute {
		t.Errorf("%d at a time: %v if all hang", c.mostAll, all)
	}
}

// watchMemory notes the most memory that was in use.
func watchMemory() (peak *atomic.Uint64, stop func()) {
	runtime.GC()
	peak = new(atomic.Uint64)
	ctx, cancel := context.WithCancel(context.Background())
	var jobs sync.WaitGroup
	jobs.Go(func() {
		for ctx.Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			time.Sleep(20 * time.Millisecond)
		}
	})
	return peak, func() { cancel(); jobs.Wait() }
}
