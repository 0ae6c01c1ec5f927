package dashboard

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"lensan/server/referral"
)

// workbook returns the rows of both sheets of a download.
func workbook(t *testing.T, res answer) (rows, about [][]string) {
	t.Helper()
	if res.StatusCode != 200 {
		t.Fatalf("status %d", res.StatusCode)
	}
	f, err := excelize.OpenReader(strings.NewReader(res.body))
	ok(t, err)
	defer f.Close()
	sheets := f.GetSheetList()
	rows, err = f.GetRows(sheets[0])
	ok(t, err)
	about, err = f.GetRows(sheets[1])
	ok(t, err)
	return rows, about
}

func TestXLSX_holdsWhatThePageShows(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, p, today, 8, 911, referral.ChannelWidget, "zalo", 1070)
	h.clicksAt(seq, p, today, 8, 911, referral.ChannelWidget, "viber", 3)
	b := h.signedIn(referral.RoleViewer, 0)
	res := b.get(Root + "/so-lieu.xlsx?by=province&period=7")
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="lensan-province-2026-11-18-2026-11-24.xlsx"` {
		t.Error(got)
	}
	rows, about := workbook(t, res)
	if diff := cmp.Diff([][]string{
		{"Mã", "Tỉnh, thành phố", "Lượt đến", "Chuyển tiếp", "Lượt xem", "Khách (ước tính)", "Đăng ký (sàn báo)", "Người", "Lặp", "Máy", "Xem trước", "Đã ghi nhận"},
		{"91", "An Giang", "1,073", "1,073", "0", "0", "0", "1,073", "0", "0", "0", "1,073"},
		{"", "Cộng", "1,073", "1,073", "0", "0", "0", "1,073", "0", "0", "0", "1,073"},
	}, rows); diff != "" {
		t.Error(diff)
	}
	var notes strings.Builder
	for _, row := range about {
		notes.WriteString(strings.Join(row, ": ") + "\n")
	}
	wantText(t, "about", notes.String(), "Khoảng thời gian: 18/11/2026 – 24/11/2026\n", "Ranh giới: Hiện tại (34)\n", "Đã ghi nhận: Người + lặp + máy + xem trước.")
	if rows, _ := workbook(t, b.get(Root+"/so-lieu.xlsx?by=day&period=today")); rows[1][0] != "24/11/2026" {
		t.Errorf("a day is %q", rows[1][0])
	}
	rows, _ = workbook(t, b.get(Root+"/so-lieu.xlsx?by=app&portal=so-an-giang"))
	for _, row := range rows[1:] {
		if row[0] == "viber" && row[2] != "<5" {
			t.Errorf("few clicks are shown: %q", row)
		}
	}
}

// A province's account gets its own rows alone, and every page leads to its files.
func TestXLSX_ofAProvince(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	own, foreign := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, own, today, 8, 911, referral.ChannelWidget, "zalo", 70)
	h.clicksAt(seq, foreign, today, 8, 10, referral.ChannelWidget, "zalo", 90210)
	b := h.signedIn(referral.RoleProvince, 890)
	for _, by := range []string{"day", "province", "portal", "placement", "channel", "destination"} {
		rows, about := workbook(t, b.get(Root+"/so-lieu.xlsx?by="+by))
		all := ""
		for _, row := range append(rows, about...) {
			all += strings.Join(row, "|") + "\n"
		}
		wantText(t, by, all, "|70|")
		wantNoText(t, by, all, "90,2", "Hà Nội", "so-ha-noi")
	}
	for _, page := range []string{"", "/bang?by=portal"} {
		wantText(t, page, b.get(Root+page).body, `href="/thong-ke/so-lieu.xlsx?by=portal"`, `href="/thong-ke/so-lieu.csv?by=portal"`)
	}
}

func TestExportTexts_areAllUsed(t *testing.T) {
	source := sources(t, "*.go", "html/*.html", "../../report/*.go")
	for _, name := range regexp.MustCompile(`(?m)^[a-z_]+`).FindAllString(readAsset(t, "text/vi/export.toml"), -1) {
		if !strings.Contains(source, `"export.`+name+`"`) {
			t.Errorf("text export.%s is not used", name)
		}
	}
}
