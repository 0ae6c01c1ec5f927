package referral

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func provinceFiles(t *testing.T) (csv63, csv34 string) {
	t.Helper()
	read := func(name string) string {
		raw, err := os.ReadFile("../../assets/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	return read("provinces_63.csv"), read("provinces_34.csv")
}

func realProvinces(t *testing.T) *Provinces {
	t.Helper()
	ps, err := ReadProvinces(provinceFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestProvinces_at(t *testing.T) {
	ps := realProvinces(t)
	for _, c := range []struct {
		day  string
		want int
	}{{"2008-07-31", 0}, {"2008-08-01", 63}, {"2021-07-21", 63}, {"2024-12-31", 63}, {"2025-01-01", 63}, {"2025-06-30", 63},
		{"2025-07-01", 34}, {"2099-01-01", 34}} {
		list := ps.At(MustDay(c.day))
		if len(list) != c.want {
			t.Errorf("%d provinces on %s, want %d", len(list), c.day, c.want)
		}
		codes := map[string]bool{}
		for _, p := range list {
			if codes[p.Code] || len(p.Code) != 2 || p.NameVi == "" || p.NameEn == "" || p.Slug == "" || p.Kind != "tinh" && p.Kind != "thanh_pho" {
				t.Errorf("on %s: %+v", c.day, p)
			}
			codes[p.Code] = true
			if found, err := ps.Find(p.Code, MustDay(c.day)); err != nil || found.ID != p.ID {
				t.Errorf("Find(%s, %s) = %v, %v", p.Code, c.day, found, err)
			}
		}
	}
}

func TestProvinces_eachOfThe63HasOneSuccessorAmongThe34(t *testing.T) {
	ps := realProvinces(t)
	now := map[ProvinceID]bool{}
	for _, p := range ps.At(merger) {
		now[p.ID] = true
	}
	parts := map[ProvinceID]int{}
	for _, p := range ps.At(merger - 1) {
		s := ps.Follow(p.ID, merger)
		if s == nil || !now[s.ID] {
			t.Errorf("%s %s became %v", p.Code, p.NameVi, s)
			continue
		}
		parts[s.ID]++
	}
	alone := 0
	for id := range now {
		if parts[id] == 0 {
			t.Errorf("%s came of nothing", ps.ByID(id).NameVi)
		}
		if parts[id] == 1 {
			alone++
		}
	}
	if alone != 11 {
		t.Errorf("%d provinces were not merged, want 11", alone)
	}
}

func TestProvinces_sevenCodesChangedTheirName(t *testing.T) {
	ps := realProvinces(t)
	want := map[string]string{"15": "Yên Bái → Lào Cai", "24": "Bắc Giang → Bắc Ninh", "44": "Quảng Bình → Quảng Trị", "52": "Bình Định → Gia Lai",
		"80": "Long An → Tây Ninh", "82": "Tiền Giang → Đồng Tháp", "91": "Kiên Giang → An Giang"}
	got := map[string]string{}
	for _, before := range ps.At(merger - 1) {
		if after, err := ps.Find(before.Code, merger); err == nil && after.NameVi != before.NameVi {
			got[before.Code] = before.NameVi + " → " + after.NameVi
			if before.ID == after.ID {
				t.Errorf("%s is one number for two names", before.Code)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestProvinces_hue(t *testing.T) {
	ps := realProvinces(t)
	for _, c := range []struct{ day, name string }{
		{"2021-07-21", "Tỉnh Thừa Thiên Huế"}, {"2024-12-31", "Tỉnh Thừa Thiên Huế"}, {"2025-01-01", "Thành phố Huế"}, {"2025-07-01", "Thành phố Huế"},
	} {
		p, err := ps.Find("46", MustDay(c.day))
		if err != nil || p.FullName() != c.name {
			t.Errorf("46 on %s is %v, %v; want %s", c.day, p, err, c.name)
		}
	}
	old, _ := ps.Find("46", MustDay("2021-07-21"))
	if s := ps.Follow(old.ID, MustDay("2025-01-01")); s.NameVi != "Huế" || s.Slug != "hue" || s.ValidTo != NoDay {
		t.Errorf("Thừa Thiên Huế became %+v", s)
	}
}

func TestProvinces_find(t *testing.T) {
	ps := realProvinces(t)
	for _, c := range []struct {
		code, day string
		want      ProvinceID
		err       *Error
	}{
		{"89", "2021-07-21", 890, nil},
		{"89", "2025-06-30", 890, nil},
		{"89", "2025-07-01", 0, Errorf(ErrInvalid, "error.province_ended", "code", "89", "name", "An Giang", "until", "30/06/2025", "successor", "91", "successor_name", "An Giang")},
		{"91", "2025-06-30", 910, nil},
		{"91", "2025-07-01", 911, nil},
		{"10", "2026-01-01", 0, Errorf(ErrInvalid, "error.province_ended", "code", "10", "name", "Lào Cai", "until", "30/06/2025", "successor", "15", "successor_name", "Lào Cai")},
		{"46", "2024-12-31", 460, nil},
		{"46", "2025-01-01", 461, nil},
		{"01", "2026-01-01", 10, nil},
		{"91", "2008-07-31", 0, Errorf(ErrNotFound, "error.province_unknown", "code", "91")},
		{"99", "2026-01-01", 0, Errorf(ErrNotFound, "error.province_unknown", "code", "99")},
		{"1", "2026-01-01", 0, Errorf(ErrNotFound, "error.province_unknown", "code", "1")},
		{"", "2026-01-01", 0, Errorf(ErrNotFound, "error.province_unknown", "code", "")},
	} {
		t.Run(c.code+" "+c.day, func(t *testing.T) {
			p, err := ps.Find(c.code, MustDay(c.day))
			if c.err == nil {
				if err != nil || p.ID != c.want {
					t.Errorf("got %v, %v; want %d", p, err, c.want)
				}
				return
			}
			var got *Error
			if p != nil || !errors.As(err, &got) || !errors.Is(err, c.err.Kind) {
				t.Fatalf("got %v, %v", p, err)
			}
			if d := cmp.Diff(c.err.Args, got.Args); d != "" || got.Key != c.err.Key {
				t.Errorf("%s %s", got.Key, d)
			}
		})
	}
}

func TestProvinces_follow(t *testing.T) {
	ps := realProvinces(t)
	for _, c := range []struct {
		id   ProvinceID
		day  string
		want ProvinceID
	}{
		{890, "2021-07-21", 890}, {890, "2025-06-30", 890}, {890, "2025-07-01", 911}, {890, "2030-01-01", 911},
		{460, "2024-12-31", 460}, {460, "2025-01-01", 461}, {460, "2026-01-01", 461},
		{911, "2021-07-21", 911}, // nobody is sent back in time
		{10, "2026-01-01", 10},
	} {
		if got := ps.Follow(c.id, MustDay(c.day)); got == nil || got.ID != c.want {
			t.Errorf("Follow(%d, %s) = %v, want %d", c.id, c.day, got, c.want)
		}
	}
	if got := ps.Follow(12345, merger); got != nil {
		t.Errorf("an unknown province became %v", got)
	}
}

func TestProvinces_lineage(t *testing.T) {
	ps := realProvinces(t)
	for _, c := range []struct {
		id   ProvinceID
		want []ProvinceID
	}{
		{911, []ProvinceID{890, 910, 911}}, {910, []ProvinceID{910}}, {890, []ProvinceID{890}},
		{461, []ProvinceID{460, 461}}, {251, []ProvinceID{170, 250, 251, 260}}, {10, []ProvinceID{10}}, {12345, nil},
	} {
		if d := cmp.Diff(c.want, ps.Lineage(c.id)); d != "" {
			t.Errorf("lineage of %d: %s", c.id, d)
		}
	}
}

// Every province stands in the lineage of all that it ever became, and the
// lineages of today's provinces share nobody out twice.
func TestProvinces_lineagesPartition(t *testing.T) {
	ps := realProvinces(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(ps.All()).Draw(t, "province")
		day := Day(rapid.Int32Range(int32(since63), int32(merger)+1000).Draw(t, "day"))
		if s := ps.Follow(p.ID, day); !slices.Contains(ps.Lineage(s.ID), p.ID) {
			t.Fatalf("%d became %d by %s, whose lineage is %v", p.ID, s.ID, day, ps.Lineage(s.ID))
		}
	})
	total := 0
	for _, p := range ps.At(merger) {
		total += len(ps.Lineage(p.ID))
	}
	if total != len(ps.All()) {
		t.Errorf("the lineages of the 34 hold %d provinces of %d", total, len(ps.All()))
	}
}

func TestNewProvinces_refuses(t *testing.T) {
	a := Province{ID: 10, Code: "01", ValidFrom: 0, ValidTo: 9, Successor: 11}
	b := Province{ID: 11, Code: "01", ValidFrom: 10, ValidTo: NoDay}
	if _, err := NewProvinces([]Province{b, a}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(a, b *Province){
		"the same number twice":           func(a, b *Province) { b.ID = 10 },
		"overlapping validity":            func(a, b *Province) { a.ValidTo = 10; b.ValidFrom = 10 },
		"an end without a successor":      func(a, b *Province) { a.Successor = 0 },
		"a successor without an end":      func(a, b *Province) { a.ValidTo = NoDay },
		"an unknown successor":            func(a, b *Province) { a.Successor = 99 },
		"a gap before the successor":      func(a, b *Province) { b.ValidFrom = 11 },
		"a province that succeeds itself": func(a, b *Province) { b.ValidTo, b.Successor = 20, 11 },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := a, b
			change(&a, &b)
			if _, err := NewProvinces([]Province{a, b}); !errors.Is(err, ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReadProvinces_refuses(t *testing.T) {
	csv63, csv34 := provinceFiles(t)
	for name, change := range map[string]func(a, b *string){
		"an empty file":          func(a, b *string) { *a = "" },
		"a missing column":       func(a, b *string) { *a = strings.Replace(*a, "slug", "snail", 1) },
		"a province left out":    func(a, b *string) { *b = strings.Replace(*b, ",89 91,", ",91,", 1) },
		"another successor":      func(a, b *string) { *a = strings.Replace(*a, ",08,0", ",11,0", 1) },
		"a code of one digit":    func(a, b *string) { *a = strings.Replace(*a, "\n01,", "\n1,", 1) },
		"an empty code":          func(a, b *string) { *b = strings.Replace(*b, "\n01,", "\n,", 1) },
		"a row of other width":   func(a, b *string) { *a += "99,VN-XX\n" },
		"a code that is letters": func(a, b *string) { *b = strings.Replace(*b, "\n01,", "\nHN,", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := csv63, csv34
			change(&a, &b)
			if a == csv63 && b == csv34 {
				t.Fatal("nothing changed")
			}
			if _, err := ReadProvinces(a, b); !errors.Is(err, ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := ReadProvinces("\ufeff"+csv63, csv34); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}

func ExampleProvinces_Follow() {
	ps, _ := NewProvinces([]Province{
		{ID: 890, Code: "89", NameVi: "An Giang", Kind: "tinh", ValidFrom: since63, ValidTo: merger - 1, Successor: 911},
		{ID: 911, Code: "91", NameVi: "An Giang", Kind: "tinh", ValidFrom: merger, ValidTo: NoDay},
	})
	fmt.Println(ps.Follow(890, MustDay("2025-06-30")).Code, ps.Follow(890, MustDay("2025-07-01")).Code)
	// Output: 89 91
}
