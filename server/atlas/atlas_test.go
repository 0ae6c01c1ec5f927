package atlas

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lensan/server/referral"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../assets/maps/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Every map that is published shows both archipelagos.
func TestRead_everyMapHasBothArchipelagos(t *testing.T) {
	for name, provinces := range map[string]int{"vn34.topojson": 34, "vn63.topojson": 63} {
		raw := read(t, name)
		m, err := Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Provinces) != provinces {
			t.Errorf("%s: %d provinces", name, len(m.Provinces))
		}
		for slug, code := range map[string]string{"hoang-sa": "48", "truong-sa": "56"} {
			if !slices.ContainsFunc(m.Insets, func(i Inset) bool { return i.Slug == slug && i.Code == code && strings.Count(i.Path, "M") > 3 }) {
				t.Errorf("%s: no %s of %s", name, slug, code)
			}
			if _, err := Read([]byte(strings.ReplaceAll(string(raw), slug, "islands"))); err == nil {
				t.Errorf("%s without %s is drawn", name, slug)
			}
			if _, err := Read([]byte(regexp.MustCompile(`"archipelago": ?true`).ReplaceAllString(string(raw), `"archipelago":false`))); err == nil {
				t.Errorf("%s is drawn without insets", name)
			}
		}
		size := 0
		for _, s := range m.Provinces {
			size += len(s.Path)
		}
		t.Logf("%s: %d bytes of paths", name, size)
		if size > 40_000 {
			t.Errorf("%s: %d bytes of paths", name, size)
		}
	}
}

func TestRead_pathsStayWithinTheDrawing(t *testing.T) {
	for _, name := range []string{"vn34.topojson", "vn63.topojson"} {
		m, err := Read(read(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.Provinces {
			within(t, s.Code, s.Path, 0, 0, frames[0].X, Height)
		}
		for _, i := range m.Insets {
			within(t, i.Slug, i.Path, i.X, i.Y, i.X+i.Width, i.Y+i.Height-captionHeight)
		}
	}
}

var number = regexp.MustCompile(`[Mlhz]|-?\d+`)

func within(t *testing.T, what, path string, left, top, right, bottom int) {
	t.Helper()
	var x, y int
	tokens := number.FindAllString(path, -1)
	for i := 0; i < len(tokens); {
		switch tokens[i] {
		case "M":
			x, _ = strconv.Atoi(tokens[i+1])
			y, _ = strconv.Atoi(tokens[i+2])
			i += 3
		case "l":
			dx, _ := strconv.Atoi(tokens[i+1])
			dy, _ := strconv.Atoi(tokens[i+2])
			x, y, i = x+dx, y+dy, i+3
		case "h":
			i += 2
		default:
			i++
		}
		if x < left || x > right || y < top || y > bottom {
			t.Fatalf("%s leaves its place at %d, %d", what, x, y)
		}
	}
}

// Each province of the list of a day has a shape, and nothing else has one.
func TestRead_agreesWithTheProvinces(t *testing.T) {
	csv := func(name string) string {
		raw, err := os.ReadFile("../../assets/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	all, err := referral.ReadProvinces(csv("provinces_63.csv"), csv("provinces_34.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for name, day := range map[string]string{"vn34.topojson": "2025-07-01", "vn63.topojson": "2025-06-30"} {
		m, err := Read(read(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, p := range all.At(referral.MustDay(day)) {
			want = append(want, p.Code)
		}
		for _, s := range m.Provinces {
			got = append(got, s.Code)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"arcs":[[[0,0],[1,1]]],"transform":{"scale":[1,1],"translate":[0,0]},"objects":{"provinces":{"geometries":[{"type":"Polygon","arcs":[[0,-1]],"properties":{"gso_code":"01"}}]}}}`))
	f.Add(read(f, "vn34.topojson")[:2000])
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m, err := Read(raw); err == nil && len(m.Insets) < 2 {
			t.Error("a map without insets")
		}
	})
}
