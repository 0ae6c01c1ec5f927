package public

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"lensan/assets"
	"lensan/server/atlas"
	"lensan/server/figures"
	"lensan/server/referral"
	"lensan/server/web"
)

// edition is a Figures that has the same until a test changes it, while it is served.
type edition struct {
	latest atomic.Pointer[figures.Figures]
}

func (e *edition) Latest() *figures.Figures { return e.latest.Load() }

// sampleFigures are a year in which the first month is small and An Giang alone
// carries the link.
func sampleFigures(t testing.TB) *figures.Figures {
	t.Helper()
	f := &figures.Figures{At: noon}
	for i := range 12 {
		from := referral.MustDay("2025-11-01")
		for range i {
			from += 31
			from -= referral.Day(from.Start().Day() - 1)
		}
		next := from + 31
		s := figures.Sums{Arrivals: figures.Count{N: 1000 + int64(i)}, Through: figures.Count{N: 700}, SignUps: figures.Count{N: 30}}
		if i == 0 {
			s = figures.Sums{Arrivals: figures.Count{N: 17}, Through: figures.Count{Hidden: true}, SignUps: figures.Count{}}
		}
		f.Months = append(f.Months, figures.Month{From: from, To: next - referral.Day(next.Start().Day()), Sums: s})
		f.Total.Arrivals.N += s.Arrivals.N
		f.Total.Through.N += s.Through.N
		f.Total.SignUps.N += s.SignUps.N
	}
	standing := sampleProvinces(t).At(referral.DayOf(noon))
	for i := range standing {
		p := figures.Province{Province: &standing[i]}
		if p.Code == "91" {
			p.Portals, p.Placed = 3, 2
		}
		f.Provinces = append(f.Provinces, p)
	}
	return f
}

func (k *kit) publishing(t testing.TB, f *figures.Figures) *edition {
	t.Helper()
	raw, err := assets.Files.ReadFile("maps/vn34.topojson")
	if err != nil {
		t.Fatal(err)
	}
	m, err := atlas.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	e := new(edition)
	e.latest.Store(f)
	k.app = k.another(t, func(d *Deps) { d.Figures, d.Map = e, m })
	return e
}

var figuresFiles = []string{figuresPath, figuresPath + ".json", figuresPath + ".csv"}

func TestFigures_offByDefault(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for _, path := range figuresFiles {
		if got := get(t, address, path); got.StatusCode != 404 {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if strings.Contains(body(t, get(t, address, "/")), figuresPath) {
		t.Error("the home page links to what is not there")
	}
}

func TestFigures_beforeTheFirst(t *testing.T) {
	k := newKit(t)
	k.publishing(t, nil)
	address := k.serve(t)
	for _, path := range figuresFiles {
		got := get(t, address, path)
		if got.StatusCode != 503 || got.Header.Get("Retry-After") == "" || got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
	}
}

func TestFigures_page(t *testing.T) {
	k := newKit(t)
	k.publishing(t, sampleFigures(t))
	address := k.serve(t)
	for lang, want := range map[string][]string{
		"vi": {`lang="vi"`, "1 trong 34 tỉnh, thành phố đã đặt liên kết", "từ 01/11/2025 đến 31/10/2026", "Đo tại đây", "Sàn báo", "1.011", "Cộng các số đã nêu", "11.083", "Q.đ. Hoàng Sa", "Q.đ. Trường Sa", "CC BY 4.0",
			`href="?lang=en"`, "12:00 24/11/2026", "CC BY-SA 4.0"},
		"en": {`lang="en"`, "1 of 34 provinces and cities have placed the link", "1 Nov 2025 to 31 Oct 2026", "Measured here", "Reported to us", "1,011", "Total of the numbers above", "11,083", "Hoàng Sa Islands", "Trường Sa Islands",
			"CC BY 4.0", `href="?lang=vi"`},
	} {
		got := get(t, address, figuresPath+"?lang="+lang)
		page := body(t, got)
		if got.StatusCode != 200 || got.Header.Get("Cache-Control") != "public, max-age=3600" || got.Header.Get("ETag") == "" || got.Header.Get("Set-Cookie") != "" || got.Header.Get("Content-Security-Policy") != web.PageCSP {
			t.Errorf("%s: %d %v", lang, got.StatusCode, got.Header)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s: %q is missing", lang, w)
			}
		}
		for _, never := range []string{"<script", "<form", "style=\"", "[public.", "ZgotmplZ", "noindex"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: %s", lang, never)
			}
		}
		if n := strings.Count(page, `<td class="num">&lt;5</td>`); n != 1 {
			t.Errorf("%s: %d hidden cells", lang, n)
		}
		if n := len(regexp.MustCompile(`<path class="shape step5"`).FindAllString(page, -1)); n != 1 {
			t.Errorf("%s: %d provinces are shaded", lang, n)
		}
		packed := func(s string) int {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			io.WriteString(z, s)
			z.Close()
			return b.Len()
		}
		drawn := regexp.MustCompile(`(?s)<svg viewBox="0 0 880.*?</svg>`)
		if !drawn.MatchString(page) {
			t.Errorf("%s: no map", lang)
		}
		if n := packed(drawn.ReplaceAllString(page, "")); n > 14<<10 {
			t.Errorf("%s: %d bytes without the map", lang, n)
		} else {
			t.Logf("%s: %d bytes packed, %d without the map", lang, packed(page), n)
		}
	}
	if !strings.Contains(body(t, get(t, address, "/?lang=en")), `href="/cong-khai?lang=en"`) {
		t.Error("the home page does not link to the figures")
	}
}

func TestFigures_cache(t *testing.T) {
	k := newKit(t)
	e := k.publishing(t, sampleFigures(t))
	address := k.serve(t)
	for _, path := range figuresFiles {
		first := get(t, address, path)
		tag := first.Header.Get("ETag")
		if again := get(t, address, path, "If-None-Match: "+tag); tag == "" || again.StatusCode != 304 || body(t, again) != "" || again.Header.Get("ETag") != tag {
			t.Errorf("%s: %d for %q", path, again.StatusCode, tag)
		}
		if open := first.Header.Get("Access-Control-Allow-Origin"); (open == "*") != (path != figuresPath) {
			t.Errorf("%s: Access-Control-Allow-Origin %q", path, open)
		}
		if first.Header.Get("Cache-Control") != "public, max-age=3600" {
			t.Errorf("%s: %q", path, first.Header.Get("Cache-Control"))
		}
		zipped := get(t, address, path, "Accept-Encoding: gzip")
		z, err := gzip.NewReader(zipped.Body)
		if err != nil || zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %v %v", path, err, zipped.Header)
		}
		if raw, err := io.ReadAll(z); err != nil || string(raw) != body(t, get(t, address, path)) {
			t.Errorf("%s: packed, it is another: %v", path, err)
		}
	}
	tag := get(t, address, figuresPath).Header.Get("ETag")
	next := *e.latest.Load()
	next.Total.Arrivals.N++
	e.latest.Store(&next)
	if got := get(t, address, figuresPath, "If-None-Match: "+tag); got.StatusCode != http.StatusOK || !strings.Contains(body(t, got), "11.084") {
		t.Errorf("the next edition: %d", got.StatusCode)
	}
}

func TestFigures_json(t *testing.T) {
	k := newKit(t)
	k.publishing(t, sampleFigures(t))
	got := get(t, k.serve(t), figuresPath+".json")
	var answer figuresJSON
	d := json.NewDecoder(got.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Licence != (licenceJSON{"CC-BY-4.0", "CC BY 4.0", licenceURL}) || answer.AsOf != "2026-11-24T12:00:00+07:00" || answer.Period != (periodJSON{"2025-11-01", "2026-10-31"}) || answer.Sample {
		t.Errorf("%+v", answer)
	}
	small := answer.Months[0]
	if small.Month != "2025-11" || *small.Measured.Arrivals != 17 || small.Measured.ClickThroughs != nil || *small.Reported.SignUps != 0 {
		t.Errorf("%+v", small)
	}
	if len(answer.Months) != 12 || *answer.Total.Measured.ClickThroughs != 7700 || *answer.Total.Reported.SignUps != 330 {
		t.Errorf("%d months, total %+v", len(answer.Months), answer.Total)
	}
	c := answer.Coverage
	if c.Provinces != 34 || c.WithLink != 1 || len(c.ByProvince) != 34 {
		t.Errorf("%+v", c)
	}
	for _, p := range c.ByProvince {
		if p.HasLink != (p.Code == "91") || p.HasLink && (p.Portals != 3 || p.WithLink != 2 || p.Name != nameJSON{"An Giang", "An Giang"}) {
			t.Errorf("%+v", p)
		}
	}
}

func TestFigures_csv(t *testing.T) {
	k := newKit(t)
	k.publishing(t, sampleFigures(t))
	got := get(t, k.serve(t), figuresPath+".csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body(t, got), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1+12+1+34 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	const tail = "2026-11-24T12:00:00+07:00|CC BY 4.0 " + licenceURL
	for at, want := range map[int]string{
		1:  "month|2025-11-01|2025-11-30|||17|<5|0||||" + tail,
		13: "total|2025-11-01|2026-10-31|||11083|7700|330||||" + tail,
		14: "province|||01|Hà Nội||||no|0|0|" + tail,
	} {
		if line := strings.Join(rows[at], "|"); line != want {
			t.Errorf("line %d: %s, want %s", at+1, line, want)
		}
	}
	for _, row := range rows[1:] {
		if !strings.HasPrefix(row[len(row)-1], "CC BY 4.0") {
			t.Errorf("%v", row)
		}
	}
}
