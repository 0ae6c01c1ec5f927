package dashboard

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/stats"
)

func TestOverview_numbers(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	today := referral.DayOf(testNow)
	seq := h.clicks(0, today, 911, referral.ChannelQR, 1200)
	seq = h.clicks(seq, today-1, 10, referral.ChannelWidget, 800)
	h.clicks(seq, today-40, 10, referral.ChannelWidget, 1000)
	ok(t, h.store.AddViews(t.Context(), map[rollup.ViewKey]rollup.Views{{Day: today, Placement: 1, Portal: 1, Province: 911, Host: "a.vn"}: {Views: 54321}}))
	b := h.signedIn(referral.RoleViewer, 0)

	body := b.get(Root).body
	wantText(t, "overview", body, "2 trong 34 tỉnh, thành phố đã đặt liên kết", ">2.000<", "100\u00a0%", "kỳ trước 1.000", ">54.321<", "32 tỉnh, thành phố chưa đặt liên kết",
		"26/10/2026 – 24/11/2026, so với 26/09/2026 – 25/10/2026", "Quét mã in", "60\u00a0%", "40\u00a0%", "<title id=\"chart-title\">", "24/11/2026: 1.200 lượt đến",
		"Cao nhất: 1.200 lượt, 24/11/2026.", "Cập nhật lúc 14:05 24/11/2026")
	wantNoText(t, "overview", body, "Số liệu đứng từ", "lượt bấm không ghi được trong")
	if n := strings.Count(body, `<tr><th scope="row"><a href="/thong-ke?from=`); n < 30 {
		t.Errorf("the table by day has %d rows", n)
	}
	narrowed := b.get(Root + "?channel=qr").body
	wantText(t, "of a channel, whose sign-ups nobody knows", narrowed, `title="không biết">–</span>`)
	wantNoText(t, "of a channel", narrowed, ">-1<", "kỳ trước -1")
	english := b.get(Root + "?lang=en").body
	wantText(t, "English", english, `lang="en"`, "2 of 34 provinces have placed the link", ">2,000<", "100%", "24 Nov 2026")
	wantText(t, "English stays", b.get(Root+"?period=7").body, "18 Nov 2026")
	wantText(t, "and goes", b.get(Root+"?lang=vi").body, "24/11/2026")

	for query, want := range map[string]string{
		"?period=7":              "18/11/2026 – 24/11/2026, so với 11/11/2026 – 17/11/2026",
		"?period=month":          "01/11/2026 – 24/11/2026, so với 01/10/2026 – 24/10/2026",
		"?period=year":           "01/01/2026 – 24/11/2026, so với 01/01/2025 – 24/11/2025",
		"?period=quarter":        "01/10/2026 – 24/11/2026, so với 01/07/2026 – 24/08/2026",
		"?period=today":          "24/11/2026, so với 23/11/2026",
		"?period=7&compare=year": "18/11/2026 – 24/11/2026, so với 18/11/2025 – 24/11/2025",
		"?period=custom&from=1999-12-01&to=1999-12-02":    "Ngày nằm ngoài khoảng có số liệu.",
		"?period=custom&from=2026-11-01&to=2026-11-02":    "01/11/2026 – 02/11/2026, so với 30/10/2026 – 31/10/2026",
		"?period=custom&from=2026-11-02&to=2026-11-01":    "Ngày kết thúc đứng trước ngày bắt đầu.",
		"?period=custom&from=x&to=2026-11-01":             "Ngày không đọc được.",
		"?period=custom&from=1990-01-01&to=2026-11-01":    "Khoảng dài quá 5 năm.",
		"?period=%3Cscript%3E&boundaries=%3Cscript%3E":    "26/10/2026 – 24/11/2026",
		"?period=custom&from=2030-01-01&to=2030-01-02":    "01/01/2030 – 02/01/2030",
		"?period=custom&from=2022-01-01&to=2026-11-24":    "01/2022",
		"?boundaries=recorded&period=month&from=&to=&x=1": "01/11/2026 – 24/11/2026",
	} {
		res := b.get(Root + query)
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
		wantText(t, query, res.body, want)
		wantNoText(t, query, res.body, "<script>")
	}
}

func TestOverview_saysWhenItCannotBeTrusted(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.clicks(0, referral.DayOf(testNow), 911, referral.ChannelQR, 3)
	ok(t, h.store.AddQuality(t.Context(), referral.DayOf(testNow), 12, 3))
	wantText(t, "before", h.signedIn(referral.RoleViewer, 0).get(Root+"?period=7").body, "Lần gần nhất mất lượt bấm: 24/11/2026.")
	h.status.StalledSince = testNow.Add(-time.Hour)
	body := h.signedIn(referral.RoleViewer, 0).get(Root).body
	wantText(t, "stalled", body, "Số liệu đứng từ 13:05 24/11/2026.", "12 lượt bấm không ghi được trong khoảng này.", `class="bad"`)
}

func TestOverview_saysWhereClicksGo(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.clicks(0, referral.DayOf(testNow), 911, referral.ChannelQR, 3)
	get := func() string { return h.signedIn(referral.RoleViewer, 0).get(Root).body }
	wantNoText(t, "one journal", get(), "Ghi tạm", "sổ chung")
	var since time.Time
	clicks := int64(0)
	h.dashboard.Fallback = func() (time.Time, int64) { return since, clicks }
	body := get()
	wantText(t, "shared journal", body, "Lượt bấm đang vào sổ ghi chung của các máy chủ.")
	wantNoText(t, "shared journal", body, "Ghi tạm")
	clicks = 1034
	body = get()
	wantText(t, "after an outage", body, "Lượt bấm đang vào sổ ghi chung của các máy chủ.", "Ghi tạm", "<dd>1.034</dd>")
	wantNoText(t, "shared journal", body, `class="bad"`)
	since = testNow.Add(-time.Hour)
	body = get()
	wantText(t, "own journal", body, "Từ 13:05 24/11/2026 máy chủ này ghi lượt bấm vào sổ riêng", `class="bad"`)
	wantNoText(t, "own journal", body, "đang vào sổ ghi chung")
}

func TestOverview_bothBoundariesAgree(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	day := referral.MustDay("2025-06-30")
	seq := h.clicks(0, day, 890, referral.ChannelQR, 5)
	seq = h.clicks(seq, day, 910, referral.ChannelQR, 4)
	h.clicks(seq, day+1, 911, referral.ChannelQR, 2)
	b := h.signedIn(referral.RoleViewer, 0)
	const period = "?period=custom&from=2025-06-30&to=2025-07-01"
	current, recorded := b.get(Root+period).body, b.get(Root+period+"&boundaries=recorded").body
	wantText(t, "current", current, "An Giang</a></th><td class=\"num\">11</td>", "1 trong 34")
	wantNoText(t, "current", current, "(89, đến 30/06/2025)")
	wantText(t, "recorded", recorded, "An Giang (89, đến 30/06/2025)</a></th><td class=\"num\">5</td>", "Kiên Giang (91, đến 30/06/2025)</a></th><td class=\"num\">4</td>",
		"An Giang</a></th><td class=\"num\">2</td>", "1 trong 34")
	for where, body := range map[string]string{"current": current, "recorded": recorded} {
		if n := strings.Count(body, "<th scope=\"row\">Cộng</th><td class=\"num\">11</td>"); n != 6 {
			t.Errorf("%s: %d of 6 totals are 11", where, n)
		}
	}
}

func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		highest := rapid.Int64Range(0, 1<<50).Draw(t, "highest")
		top, step := scale(highest)
		if step < 1 || top < highest || top%step != 0 || top/step > 4 || top < 1 {
			t.Fatalf("scale(%d) = %d, %d", highest, top, step)
		}
		if highest > 20 && float64(top) > 2.6*float64(highest) {
			t.Fatalf("scale(%d) wastes the plot: %d", highest, top)
		}
	})
}

func TestChart_fewDays(t *testing.T) {
	number := func(n int64) string { return "n" }
	day := func(int) string { return "d" }
	for _, c := range []struct {
		now, before []int64
		line, prior string
		labels      int
	}{
		{[]int64{3}, nil, "500,0", "", 1},
		{[]int64{0, 4}, []int64{4, 0}, "0,240 1000,0", "0,0 1000,240", 2},
		{[]int64{0, 0, 0}, []int64{1}, "0,240 500,240 1000,240", "0,0", 3},
		{[]int64{1, 1}, []int64{1, 1, 1}, "0,0 1000,0", "0,0 1000,0", 2},
	} {
		got := drawChart(c.now, c.before, number, day, day)
		if got.Line != c.line || got.Before != c.prior || len(got.XLabels) != c.labels || len(got.Hits) != len(c.now) {
			t.Errorf("%v: line %q, before %q, %d labels, %d strips", c.now, got.Line, got.Before, len(got.XLabels), len(got.Hits))
		}
	}
}

func TestAverages(t *testing.T) {
	rows := make([]stats.Row, 10)
	for i := range rows {
		rows[i].Arrivals = int64(i)
	}
	week, rest := moment{Row: sum(rows[:7]), days: 7}, moment{Row: sum(rows[7:]), days: 3}
	if diff := cmp.Diff([]int64{3, 8}, average([]moment{week, rest}, people)); diff != "" {
		t.Error(diff)
	}
	rows[3].Views = stats.Unknown
	if s := sum(rows); s.Views != stats.Unknown || s.Arrivals != 45 {
		t.Errorf("sum %+v", s)
	}
}

func TestPercent(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	for p, want := range map[float64]string{0: "0\u00a0%", 0.01: "<0,1\u00a0%", 4.25: "4,2\u00a0%", 9.96: "10\u00a0%", 1234: "1.234\u00a0%"} {
		if got := (&visit{l: h.pages.Text("vi")}).percent(p); got != want {
			t.Errorf("percent(%v) = %q, want %q", p, got, want)
		}
	}
}

func TestPeriod_month(t *testing.T) {
	for today, want := range map[string][4]string{
		"2027-03-31": {"2027-03-01", "2027-03-31", "2027-02-01", "2027-02-28"},
		"2027-01-15": {"2027-01-01", "2027-01-15", "2026-12-01", "2026-12-15"},
	} {
		p, _ := readPeriod(periodQuery{Name: "month"}, referral.MustDay(today))
		if got := [4]string{p.From.String(), p.To.String(), p.PrevFrom.String(), p.PrevTo.String()}; got != want {
			t.Errorf("%s: %v, want %v", today, got, want)
		}
	}
}

func FuzzPeriod(f *testing.F) {
	f.Add("custom", "2026-01-01", "2026-02-01", "")
	f.Add("30", "", "", "year")
	f.Add("custom", "-9999-01-01", "99999-01-01", "")
	f.Add("custom", "2024-02-29", "2026-02-28", "year")
	f.Fuzz(func(t *testing.T, name, from, to, compare string) {
		p, _ := readPeriod(periodQuery{name, from, to, compare}, referral.DayOf(testNow))
		if n := p.days(); n < 1 || n > longestPeriod || p.PrevTo >= p.From || p.PrevFrom > p.PrevTo || p.PrevFrom < 0 {
			t.Errorf("%q %q %q %q: %+v", name, from, to, compare, p)
		}
	})
}
