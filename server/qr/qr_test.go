package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"image/png"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/referral"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const address = "HTTPS://LENSAN.GOV.VN/K7Q2PX"

func render(t testing.TB, text string, f Format, o Options) []byte {
	t.Helper()
	file, err := Render(text, f, o)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestVersion(t *testing.T) {
	for _, c := range []struct {
		text, level string
		want        int
	}{
		{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "Q", 2},
		{"HTTPS://LENSAN1.GOV.VN/K7Q2PX", "Q", 2}, // 29 characters, the most
		{"HTTPS://LENSAN12.GOV.VN/K7Q2PX", "Q", 3},
		{"https://lensan.gov.vn/K7Q2PX", "Q", 3},
		{"HTTPS://1034.EXAMPLE.GOV.VN/K7Q2PX", "Q", 3},
		{"HTTPS://LENSAN.GOV.VN/234567", "Q", 2},
		{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "", 2},
		{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "M", 2},
		{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "H", 3},
	} {
		if got, err := Version(c.text, c.level); err != nil || got != c.want {
			t.Errorf("Version(%q, %q) = %d, %v, want %d", c.text, c.level, got, err, c.want)
		}
	}
}

func TestRender_refuses(t *testing.T) {
	long := strings.Repeat("A", 4000)
	for _, c := range []struct {
		name   string
		text   string
		format Format
		o      Options
		want   []referral.FieldError
	}{
		{"everything at once", address, "gif", Options{Millimetres: 9.9, Level: "L", DPI: 1201, Quiet: 3}, []referral.FieldError{
			{Field: "/format", Key: "error.qr_format"},
			{Field: "/mm", Key: "error.qr_mm", Args: referral.Args{"min": "10", "max": "500"}},
			{Field: "/ec", Key: "error.qr_level"},
			{Field: "/dpi", Key: "error.qr_dpi", Args: referral.Args{"min": "72", "max": "1200"}},
			{Field: "/quiet", Key: "error.qr_quiet", Args: referral.Args{"min": "4", "max": "20"}},
		}},
		{"not a number", address, SVG, Options{Millimetres: math.NaN()}, []referral.FieldError{
			{Field: "/mm", Key: "error.qr_mm", Args: referral.Args{"min": "10", "max": "500"}}}},
		{"no text", "", SVG, Options{}, []referral.FieldError{{Field: "/text", Key: "error.qr_text_empty"}}},
		{"not ASCII", "HTTPS://LÊNSÀN.VN/", SVG, Options{}, []referral.FieldError{{Field: "/text", Key: "error.qr_text_ascii"}}},
		{"too long", long, SVG, Options{}, []referral.FieldError{
			{Field: "/text", Key: "error.qr_text_long", Args: referral.Args{"level": "Q"}}}},
		{"modules too small", strings.ToLower(address), SVG, Options{Millimetres: 11}, []referral.FieldError{
			{Field: "/mm", Key: "error.qr_module_small", Args: referral.Args{"modules": "29", "least": "12"}}}},
		{"too many pixels", address, PNG, Options{Millimetres: 500, DPI: 300}, []referral.FieldError{
			{Field: "/dpi", Key: "error.qr_pixels", Args: referral.Args{"pixels": "7788", "limit": "7000", "dpi": "269", "mm": "448"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Render(c.text, c.format, c.o)
			var e *referral.Error
			if !errors.As(err, &e) || !errors.Is(err, referral.ErrInvalid) || file != nil {
				t.Fatalf("%d bytes, %v", len(file), err)
			}
			if diff := cmp.Diff(c.want, e.Fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRender_advisedSizesWork(t *testing.T) {
	render(t, strings.ToLower(address), PNG, Options{Millimetres: 12})
	render(t, address, SVG, Options{Millimetres: 500})
	for _, o := range []Options{{Millimetres: 500, DPI: 269}, {Millimetres: 448, DPI: 300}} {
		if d, err := layOut(address, PNG, o); err != nil || d.pixels() > maxSide {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestRender_golden(t *testing.T) {
	got := render(t, address, SVG, Options{})
	const path = "testdata/k7q2px.svg"
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRender_pngSaysItsSize(t *testing.T) {
	for _, c := range []struct {
		o      Options
		pixels int // of a module
	}{
		{Options{}, 14},
		{Options{Millimetres: 40, DPI: 600}, 38},
		{Options{Millimetres: 10, DPI: 72}, 2}, // one pixel would be 0.35 mm
	} {
		file := render(t, address, PNG, c.o)
		config, err := png.DecodeConfig(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if want := c.pixels * (25 + 2*4); config.Width != want || config.Height != want {
			t.Errorf("%+v: %d × %d pixels, want %d", c.o, config.Width, config.Height, want)
		}
		if depth, colour := file[24], file[25]; depth != 1 || colour != 3 {
			t.Errorf("%+v: depth %d, colour type %d", c.o, depth, colour)
		}
		at := bytes.Index(file, []byte("pHYs")) + 4
		perMetre := binary.BigEndian.Uint32(file[at:])
		if dpi := math.Round(float64(perMetre) * 0.0254); int(dpi) != c.o.withDefaults().DPI || file[at+8] != 1 {
			t.Errorf("%+v: %v dpi", c.o, dpi)
		}
	}
}

func TestRender_memory(t *testing.T) {
	for f := range formats {
		for _, logo := range []bool{false, true} {
			o := Options{Millimetres: 500, DPI: maxDPI, Quiet: maxQuiet, Logo: logo}
			if f == PNG { // the largest that is not refused
				o.DPI, o.Quiet, o.Millimetres = 300, 4, 440
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			render(t, address, f, o)
			runtime.ReadMemStats(&after)
			if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; allocated > 64 {
				t.Errorf("%s %+v: %d MB allocated", f, o, allocated)
			} else {
				t.Logf("%s, logo %v: %d MB allocated", f, logo, allocated)
			}
		}
	}
}

func TestRender_anyOptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "HTTPS://" + rapid.StringMatching(`[A-Z0-9.-]{3,30}`).Draw(t, "host") + "/" +
			rapid.StringMatching(`[2-9A-Z]{6}`).Draw(t, "code")
		f := rapid.SampledFrom([]Format{SVG, PNG, PDF, EPS}).Draw(t, "format")
		o := Options{
			Millimetres: rapid.Float64Range(16, 120).Draw(t, "mm"),
			Level:       rapid.SampledFrom([]string{"M", "Q", "H"}).Draw(t, "level"),
			DPI:         rapid.IntRange(72, 400).Draw(t, "dpi"),
			Quiet:       rapid.IntRange(4, 20).Draw(t, "quiet"),
			Logo:        rapid.Bool().Draw(t, "logo"),
		}
		if _, err := Render(text, f, o); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSideFor(t *testing.T) {
	for _, c := range []struct {
		metres float64
		text   string
		want   float64
	}{
		{3, address, 300},
		{0.25, address, 25},
		{0.2501, address, 26},
		{0.05, address, 10},
		{0.05, strings.ToLower(address), 12}, // 29 modules of 0.4 mm
		{5, address, 500},
	} {
		if got, err := SideFor(c.metres, c.text, "Q"); err != nil || got != c.want {
			t.Errorf("SideFor(%v, %q) = %v, %v, want %v", c.metres, c.text, got, err, c.want)
		}
	}
	for _, metres := range []float64{0, -1, 5.1, math.NaN(), math.Inf(1)} {
		if _, err := SideFor(metres, address, "Q"); !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("SideFor(%v): %v", metres, err)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(address, "svg", 30.0, "Q", 300, 4)
	f.Add(strings.ToLower(address), "png", 10.0, "H", 72, 20)
	f.Add("", "pdf", math.Inf(1), "", -1, 21)
	f.Add("7", "png", 500.0, "M", 72, 0)
	f.Add(strings.Repeat("~", 1400), "svg", 80.0, "Q", 0, 0)
	f.Fuzz(func(t *testing.T, text, format string, mm float64, level string, dpi, quiet int) {
		file, err := Render(text, Format(format), Options{Millimetres: mm, Level: level, DPI: dpi, Quiet: quiet, Logo: len(text)%2 == 0})
		if err != nil && !errors.Is(err, referral.ErrInvalid) {
			t.Fatal(err) // drawn, but not proved
		}
		if (err == nil) == (file == nil) {
			t.Fatal("neither a file nor an error, or both")
		}
	})
}

// BenchmarkRender reports the 95th percentile beside the mean.
func BenchmarkRender(b *testing.B) {
	for _, f := range []Format{SVG, PNG, PDF, EPS} {
		for _, text := range []string{address, strings.ToLower(address)} {
			version, _ := Version(text, "Q")
			b.Run(string(f)+"/version"+strconv.Itoa(version), func(b *testing.B) {
				b.ReportAllocs()
				var took []time.Duration
				for b.Loop() {
					start := time.Now()
					render(b, text, f, Options{})
					took = append(took, time.Since(start))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	}
}
