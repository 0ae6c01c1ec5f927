package referral

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDayOf_aroundMidnight(t *testing.T) {
	for _, c := range []struct{ utc, day string }{
		{"2025-06-30T16:59:59.999Z", "2025-06-30"},
		{"2025-06-30T17:00:00Z", "2025-07-01"},
		{"2025-07-01T16:59:59.999999999Z", "2025-07-01"},
		{"2024-02-28T17:00:00Z", "2024-02-29"},
		{"2024-12-31T16:59:59Z", "2024-12-31"},
		{"2024-12-31T17:00:00Z", "2025-01-01"},
		{"1970-01-01T00:00:00Z", "1970-01-01"},
		{"1969-12-31T17:00:00Z", "1970-01-01"},
		{"1969-12-31T16:59:59.999Z", "1969-12-31"},
		{"1954-07-20T16:59:59.999Z", "1954-07-20"},
		{"0001-01-01T00:00:00Z", "0001-01-01"},
		{"2025-07-01T00:30:00+09:00", "2025-06-30"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != c.day {
			t.Errorf("DayOf(%s) = %s, want %s", c.utc, got, c.day)
		}
		if got := DayOfMilli(at.UnixMilli()).String(); got != c.day {
			t.Errorf("DayOfMilli(%s) = %s, want %s", c.utc, got, c.day)
		}
	}
}

func TestDay_startAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(-700_000, 2_900_000).Draw(t, "day"))
		start := d.Start()
		if DayOf(start) != d || DayOf(start.Add(-time.Nanosecond)) != d-1 || DayOf(start.Add(24*time.Hour-time.Nanosecond)) != d {
			t.Fatalf("day %d starts at %s", d, start)
		}
		if h, m, s := start.Clock(); h+m+s != 0 || start.Format("-0700") != "+0700" {
			t.Fatalf("day %d starts at %s", d, start)
		}
		if got, err := ParseDay(d.String()); err != nil || got != d {
			t.Fatalf("%d is written %s and read %d, %v", d, d, got, err)
		}
	})
}

func TestDay_texts(t *testing.T) {
	d := MustDay("2025-07-01")
	if got := d.Vietnamese(); got != "01/07/2025" {
		t.Errorf("Vietnamese: %s", got)
	}
	if NoDay.String() != "" || NoDay.Vietnamese() != "" {
		t.Errorf("NoDay is written %q and %q", NoDay.String(), NoDay.Vietnamese())
	}
	raw, err := json.Marshal(map[string]Day{"from": d, "to": NoDay})
	if err != nil || string(raw) != `{"from":"2025-07-01","to":""}` {
		t.Errorf("JSON: %s, %v", raw, err)
	}
	back := map[string]Day{}
	if err := json.Unmarshal(raw, &back); err != nil || back["from"] != d || back["to"] != NoDay {
		t.Errorf("read back: %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"from":"1/7/2025"}`), &back); !errors.Is(err, ErrInvalid) {
		t.Errorf("1/7/2025: %v", err)
	}
}

func TestMustDay_panics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	MustDay("yesterday")
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2025-07-01", "1969-12-31", "0000-01-01", "9999-12-31", "2025-02-30", "2025-7-1", "", "2025-07-01T00:00:00Z", "-001-01-01", "２０２５-07-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		if err != nil {
			if d != NoDay || !errors.Is(err, ErrInvalid) {
				t.Fatalf("ParseDay(%q) = %d, %v", s, d, err)
			}
			return
		}
		if d.String() != s || DayOf(d.Start()) != d {
			t.Fatalf("ParseDay(%q) = %d, which is %s", s, d, d)
		}
	})
}

func TestDay_month(t *testing.T) {
	for day, want := range map[string]int32{"1970-01-01": 1970 * 12, "2026-11-30": 2026*12 + 10, "2026-12-01": 2026*12 + 11, "2024-02-29": 2024*12 + 1} {
		if got := MustDay(day).Month(); got != want {
			t.Errorf("%s: month %d, want %d", day, got, want)
		}
	}
}
