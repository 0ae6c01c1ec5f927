package dashboard

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/rollup"
	"lensan/server/stats"
	"lensan/server/testkit"
	"lensan/server/text"
)

// words returns what a PDF says.
func words(t *testing.T, pdf string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.pdf")
	ok(t, os.WriteFile(path, []byte(pdf), 0o600))
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	ok(t, err)
	return regexp.MustCompile(` +`).ReplaceAllString(string(out), " ")
}

func TestMonthlyReport(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := h.clicks(0, referral.MustDay("2026-10-05"), 911, referral.ChannelQR, 1234)
	seq = h.clicks(seq, referral.MustDay("2026-10-31"), 10, referral.ChannelWidget, 766)
	h.clicks(seq, referral.MustDay("2026-09-30"), 10, referral.ChannelWidget, 1000)
	viewer := h.signedIn(referral.RoleViewer, 0)
	wantText(t, "overview", viewer.get(Root).body, `href="/thong-ke/bao-cao?month=2026-10"`)
	res := viewer.get(Root + "/bao-cao-thang.pdf?month=2026-10")
	if got := res.Header.Get("Content-Disposition"); res.StatusCode != 200 || got != `attachment; filename="lensan-2026-10.pdf"` {
		t.Fatalf("%d, %s", res.StatusCode, got)
	}
	if again := viewer.get(Root + "/bao-cao-thang.pdf?month=2026-10"); again.body != res.body {
		t.Error("the same month is another file")
	}
	for query, status := range map[string]int{"": 422, "?month=2026-11": 422, "?month=x": 422, "?month=2026-10&province=99": 422} {
		if got := viewer.get(Root + "/bao-cao-thang.pdf" + query); got.StatusCode != status {
			t.Errorf("%s: %d", query, got.StatusCode)
		}
	}
	own := h.signedIn(referral.RoleProvince, 890)
	if got := own.get(Root + "/bao-cao-thang.pdf?month=2026-10&province=01"); got.StatusCode != 422 {
		t.Errorf("another's report: %d", got.StatusCode)
	}
	ofOwn := own.get(Root + "/bao-cao-thang.pdf?month=2026-10").body
	if !testkit.Has(t, "pdftotext") {
		return
	}
	all := words(t, res.body)
	wantText(t, "report", all, "Báo cáo tháng 10/2026", "Cả nước · 01/10/2026 – 31/10/2026", "2.000", "+100", "tháng trước 1.000", "91 An Giang 1.234", "01 Hà Nội 766", "Cộng 2.000",
		"Q.đ. Hoàng Sa", "Q.đ. Trường Sa", "THỦ TRƯỞNG ĐƠN VỊ", "Xuất ngày 24/11/2026", "Trang 1/3", "= 2.000 người")
	wantNoText(t, "report", all, "[report.", "[dashboard.", "[overview.")
	mine := words(t, ofOwn)
	wantText(t, "own report", mine, "An Giang · 01/10/2026", "91 An Giang 1.234", "Cộng 1.234")
	wantNoText(t, "own report", mine, "Hà Nội", "766", "2.000")
}

var testNowDay = referral.DayOf(testNow)

// A merger after the month changes no byte of its report.
func TestMonthlyReport_outlivesAMerger(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := h.clicks(0, referral.MustDay("2026-10-05"), 911, referral.ChannelQR, 12)
	h.clicks(seq, referral.MustDay("2026-10-06"), 10, referral.ChannelWidget, 7)
	list := slices.Clone(h.registry.Provinces().All())
	merged := referral.Province{ID: 999, Code: "99", ValidFrom: testNowDay + 30, ValidTo: referral.NoDay, NameVi: "Cửu Long", NameEn: "Cuu Long", Slug: "cuu-long", Kind: "tinh"}
	for i := range list {
		if list[i].ID == 911 || list[i].ID == 10 {
			list[i].ValidTo, list[i].Successor = testNowDay+29, merged.ID
		}
	}
	later, err := referral.NewProvinces(append(list, merged))
	ok(t, err)
	texts, err := text.Load(assets.Files)
	ok(t, err)
	write := func(p *referral.Provinces, on referral.Day) []byte {
		now := func() time.Time { return on.Start() }
		m := report.Maker{Stats: stats.New(h.store, p, func() rollup.Status { return h.status }, now), Provinces: p, Map34: readMap(t, "vn34"), Map63: readMap(t, "vn63")}
		var b bytes.Buffer
		ok(t, m.Write(context.Background(), &b, report.Options{Month: referral.MustDay("2026-10-01"), Language: texts.In("vi"), On: testNowDay}))
		return b.Bytes()
	}
	before := write(h.registry.Provinces(), testNowDay)
	if after := write(later, testNowDay+60); !bytes.Equal(before, after) {
		t.Error("the report of a month changed with the merger after it")
	}
}
