package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

func TestReport(t *testing.T) {
	p := newPress(t)
	out, day := p.path("thang.pdf"), referral.DayOf(time.Now())
	if said := p.want(exitDone, "report", "--month", "2026-06", "--province", "91", out); !strings.Contains(said, "Đã ghi báo cáo tháng 2026-06") {
		t.Errorf("says %s", said)
	}
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--month", "2026-06", out}, "thang.pdf"}, // it is there already
		{[]string{"--month", "6/2026", p.path("b.pdf")}, "--month: “6/2026” không phải tháng"},
		{[]string{"--month", "2999-01", p.path("b.pdf")}, "--month: Tháng 2999-01 chưa kết thúc"},
		{[]string{"--month", "2026-06", "--province", "89", p.path("b.pdf")}, "--province: Mã tỉnh 89 (An Giang) đã kết thúc ngày 30/06/2025; dùng 91"},
	} {
		if said := p.want(exitFailed, append([]string{"report"}, c.args...)...); !strings.Contains(said, c.want) {
			t.Errorf("%v says %s", c.args, said)
		}
	}
	if _, err := os.Stat(p.path("b.pdf")); err == nil {
		t.Error("a fault left a file")
	}
	p.want(exitDone, "report", "--month", "2026-06", "--province", "91", "--force", out)
	again, err := os.ReadFile(out)
	if sameDay := referral.DayOf(time.Now()) == day; err != nil || sameDay && string(again) != string(first) {
		t.Errorf("the same month is another file: %v", err)
	}
	p.want(exitDone, "report", "--month", "2025-06", "--province", "89", p.path("cu.pdf"))
	if pages := p.pages(p.path("cu.pdf")); len(pages) != 3 || !strings.Contains(pages[0], "An Giang · 01/06/2025 – 30/06/2025") {
		t.Errorf("pages %q", pages)
	}
	p.want(exitDone, "report", "--month", "2026-06", p.path("nuoc.pdf"))
	if pages := p.pages(p.path("nuoc.pdf")); len(pages) != 3 || !strings.Contains(pages[1], "34 tỉnh, thành phố không có lượt nào trong tháng: Hà Nội,") {
		t.Errorf("an empty month of the country: %q", pages)
	}
}
