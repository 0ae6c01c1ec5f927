package dashboard

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/signups"
)

func (h *house) reports() []signups.Report {
	h.t.Helper()
	list, err := h.signups.Reports(h.t.Context(), admin, "", "")
	ok(h.t, err)
	return list
}

// toMarket adds people whom a code of An Giang sent to a marketplace.
func (h *house) toMarket(seq uint64, id string, day referral.Day, people int64) uint64 {
	h.t.Helper()
	list, err := h.registry.Destinations(h.t.Context())
	ok(h.t, err)
	for _, x := range list {
		if x.ID != id {
			continue
		}
		counts := rollup.Counts{People: people}
		d := &rollup.Delta{Journal: "test", After: seq, Seq: seq + uint64(people), Clicks: people, LastMilli: day.Start().UnixMilli(),
			ByDay: map[rollup.DayKey]rollup.Counts{{Day: day, Province: 911, Destination: x.Num, Channel: referral.ChannelQR}: counts}}
		ok(h.t, h.store.Apply(h.t.Context(), d))
		return d.Seq
	}
	h.t.Fatalf("no destination %s", id)
	return 0
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)
var hiddenTable = regexp.MustCompile(`(?s)<textarea name="table" hidden>\n(.*?)</textarea>`)

// confirm presses the button of a preview.
func (b *browser) confirm(page answer) answer {
	b.h.t.Helper()
	table := hiddenTable.FindStringSubmatch(page.body)
	if table == nil {
		b.h.t.Fatalf("nothing to confirm: %s", page.body)
	}
	values := []string{"table", table[1]}
	form := page.body[strings.LastIndex(page.body[:strings.Index(page.body, "name=\"table\" hidden")], "<form"):]
	for _, f := range hiddenField.FindAllStringSubmatch(form[:strings.Index(form, "</form>")], -1) {
		if f[1] != "csrf" {
			values = append(values, f[1], f[2])
		}
	}
	return b.send(signupsSendPath, signupsSendPath, values...)
}

func TestSignups_previewConfirmCorrect(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := string(h.portal("so-an-giang", "91").Code)
	b := h.signedIn(referral.RoleAdmin, 0)
	wantText(t, "empty", b.get(signupsPath).body, "Chưa có báo cáo nào", signupsSendPath)

	bad := "Ngày;Mã;Số\n24/11/2026;" + code + ";3\n30/11/2026;" + code + ";3\n24/11/2026;" + string(referral.NewCode()) + ";ba\n24/11/2026;" + code + ";3\n"
	res := b.upload(signupsSendPath, signupsSendPath, bad, "destination", "postmart", "report_id", "2026-11")
	wantText(t, "a field that is no number", res.body, "Chưa lưu gì", "Dòng 3, cột 1", "Dòng 4, cột 3", "Dòng 5, cột 1")
	wantNoText(t, "a field that is no number", res.body, "Dòng 4, cột 2")
	bad = strings.Replace(bad, "ba", "1", 1)
	res = b.upload(signupsSendPath, signupsSendPath, bad, "destination", "postmart", "report_id", "")
	if res.StatusCode != 422 {
		t.Errorf("faults: %d", res.StatusCode)
	}
	wantText(t, "faults", res.body, "Dòng 3, cột 1", "Ngày phải từ 2021-07-21 đến 2026-11-24", "Dòng 4, cột 2", "Dòng 5, cột 1", "đã có ở dòng 2", `id="f-report_id-fault"`, "30/11/2026")
	wantNoText(t, "faults", res.body, `name="confirm"`)

	good := "day,code,stage,count\n2026-11-24," + code + ",signup,3\n2026-11-20," + code + ",first_sale,1\n"
	res = b.upload(signupsSendPath, signupsSendPath, good, "destination", "postmart", "report_id", "2026-11")
	wantText(t, "preview", res.body, "2 dòng hợp lệ, 20/11/2026 – 24/11/2026", `name="confirm" value="1"`, "Lưu báo cáo này")
	if n := len(h.reports()); res.StatusCode != 200 || n != 0 {
		t.Fatalf("preview: %d, %d reports kept", res.StatusCode, n)
	}
	if done := b.confirm(res); done.StatusCode != 303 || done.Header.Get("Location") != signupsPath+"?done=signups_created#main" {
		t.Fatalf("confirm: %d %s", done.StatusCode, done.Header.Get("Location"))
	}
	again := b.confirm(b.upload(signupsSendPath, signupsSendPath, good, "destination", "postmart", "report_id", "2026-11", "correct", "1", "reason", "gửi lại"))
	if again.Header.Get("Location") != signupsPath+"?done=signups_same#main" || len(h.reports()) != 1 {
		t.Errorf("the same again: %s, %d reports", again.Header.Get("Location"), len(h.reports()))
	}

	other := strings.Replace(good, ",3", ",5", 1)
	wantText(t, "known", b.upload(signupsSendPath, signupsSendPath, other, "destination", "postmart", "report_id", "2026-11").body, `id="f-correct-fault"`, "Đã có báo cáo mang tên này")
	wantText(t, "without a reason", b.upload(signupsSendPath, signupsSendPath, other, "destination", "postmart", "report_id", "2026-11", "correct", "1", "reason", " ").body, `id="f-reason-fault"`)
	wantText(t, "counted elsewhere", b.upload(signupsSendPath, signupsSendPath, other, "destination", "postmart", "report_id", "khac").body, "Dòng 2, cột 1", "đã được đếm trong báo cáo “2026-11”")
	wantText(t, "link to correct", b.get(signupsPath).body, `/dang-ky-san/gui?destination=postmart&amp;report=2026-11`)
	wantText(t, "form to correct", b.get(signupsSendPath+"?destination=postmart&report=2026-11").body, `value="2026-11"`, `value="1" checked`, `<option value="postmart" selected`)
	res = b.upload(signupsSendPath, signupsSendPath, other, "destination", "postmart", "report_id", "2026-11", "correct", "1", "reason", "đếm sót")
	wantText(t, "correction", res.body, "Thay bản 1", `<td class="num">3</td><td class="num">5</td>`)
	if done := b.confirm(res); done.Header.Get("Location") != signupsPath+"?done=signups_corrected#main" {
		t.Errorf("correction: %d %s", done.StatusCode, done.body)
	}
	page := b.get(signupsPath).body
	wantText(t, "list", page, "Bản 2", "Bản 1, đã thay bằng bản 2", "đếm sót", "từ tệp", "20/11/2026 – 24/11/2026")
	wantText(t, "versions", b.get(signupsPath+"?destination=postmart&report=2026-11").body, "Các bản của “2026-11”", "Bản 1, đã thay bằng bản 2")
	wantText(t, "another marketplace", b.get(signupsPath+"?destination=voso").body, "Chưa có báo cáo nào")
	if n := len(h.reports()); n != 2 {
		t.Errorf("%d versions", n)
	}
}

// What was looked at is what is replaced: a preview does not replace a version
// that came after it, and is no use twice.
func TestSignups_stalePreview(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := string(h.portal("so-an-giang", "91").Code)
	one, two := h.signedIn(referral.RoleAdmin, 0), h.signedIn(referral.RoleAdmin, 0)
	preview := func(b *browser, n string) answer {
		return b.upload(signupsSendPath, signupsSendPath, "day,code,count\n2026-11-24,"+code+","+n+"\n", "destination", "postmart", "report_id", "x", "correct", "1", "reason", "đếm lại "+n)
	}
	first := preview(one, "1")
	if done := two.confirm(preview(two, "2")); done.StatusCode != 303 {
		t.Fatalf("%d", done.StatusCode)
	}
	again := one.confirm(first)
	wantText(t, "another came first", again.body, "đã có người lưu bản khác của báo cáo “x”", "Thay bản 1")
	if again.StatusCode != 409 || len(h.reports()) != 1 {
		t.Fatalf("%d, %d versions", again.StatusCode, len(h.reports()))
	}
	if done := one.confirm(again); done.Header.Get("Location") != signupsPath+"?done=signups_corrected#main" {
		t.Errorf("looked at again: %d", done.StatusCode)
	}
	third := preview(two, "3")
	two.confirm(third)
	one.confirm(preview(one, "4"))
	if res := two.confirm(third); res.StatusCode != 409 || len(h.reports()) != 4 {
		t.Errorf("sent twice: %d, %d versions", res.StatusCode, len(h.reports()))
	}
}

func TestSignups_workbook(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := string(h.portal("so-an-giang", "91").Code)
	b := h.signedIn(referral.RoleAdmin, 0)
	file := func(rows ...[]any) string {
		f := excelize.NewFile()
		defer f.Close()
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			ok(t, err)
			ok(t, f.SetSheetRow("Sheet1", cell, &row))
		}
		var out bytes.Buffer
		ok(t, f.Write(&out))
		return out.String()
	}
	day := testNow.AddDate(0, 0, -1)
	res := b.upload(signupsSendPath, signupsSendPath, file([]any{"Ngày", "Mã", "Số"}, nil, []any{day, code, "hai"}), "destination", "voso", "report_id", "x")
	wantText(t, "a fault in a sheet", res.body, "Dòng 3, cột 3", "2026-11-23,"+code+",hai")
	res = b.upload(signupsSendPath, signupsSendPath, file([]any{"Ngày", "Mã", "Số"}, nil, []any{day, code, 2}), "destination", "voso", "report_id", "x")
	wantText(t, "preview", res.body, "1 dòng hợp lệ, 23/11/2026")
	b.confirm(res)
	list := h.reports()
	if len(list) != 1 || list[0].Totals[signups.SignUp] != 2 || list[0].Destination != "voso" || list[0].First != referral.MustDay("2026-11-23") {
		t.Errorf("%+v", list)
	}
	res = b.upload(signupsSendPath, signupsSendPath, "PK\x03\x04 nothing of the kind", "destination", "voso", "report_id", "y")
	wantText(t, "no workbook", res.body, "Không đọc được tệp Excel này")
}

// What was measured and what was reported stand side by side, month by month,
// and a province sees its own of both and no reports.
func TestSignups_reconciled(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := h.portal("so-an-giang", "91").Code
	seq := h.toMarket(0, "postmart", referral.MustDay("2026-10-05"), 1234)
	seq = h.toMarket(seq, "postmart", referral.MustDay("2026-09-05"), 7)
	h.toMarket(seq, "voso", referral.MustDay("2026-10-06"), 55)
	_, _, err := h.signups.Take(t.Context(), admin, signups.Input{ReportID: "2026-10", Destination: "postmart", Source: "api", Rows: []signups.Row{
		{Day: referral.MustDay("2026-10-09"), Code: code, Stage: signups.SignUp, Count: 81}, {Day: referral.MustDay("2026-08-09"), Code: code, Stage: signups.SignUp, Count: 4}}})
	ok(t, err)
	row := func(month, measured, reported, note string) string {
		return `<tr><th scope="row">` + month + `</th><td class="num">` + measured + `</td><td class="num reported">` + reported + `</td><td class="small">` + note
	}
	for _, c := range []struct {
		role     referral.Role
		province referral.ProvinceID
		want     []string
		never    []string
	}{
		{referral.RoleAdmin, 0, []string{"Các sàn báo 85 đăng ký từ tháng 11/2025", row("10/2026", "1.234", "81", ""), row("09/2026", "7", "0", `<span class="secondary">Sàn chưa báo`), row("08/2026", "0", "4", `<span class="tag warning">`),
			row("10/2026", "55", "0", ""), row("11/2026", "0", "0", ""), "2026-10", "qua API", signupsSendPath}, []string{"1.319", "1.315"}},
		{referral.RoleViewer, 0, []string{row("10/2026", "1.234", "81", ""), "qua API"}, []string{signupsSendPath}},
		{referral.RoleProvince, 890, []string{"Chỉ gồm số của An Giang", row("10/2026", "1.234", "81", "")}, []string{"qua API", `id="bao-cao"`, signupsSendPath}},
		{referral.RoleProvince, 10, []string{"Chỉ gồm số của Hà Nội", row("10/2026", "0", "0", "")}, []string{"1.234", "81", "qua API"}},
	} {
		page := h.signedIn(c.role, c.province).get(signupsPath).body
		wantText(t, string(c.role), page, c.want...)
		wantNoText(t, string(c.role), page, c.never...)
	}
}

func TestSignups_onlyAdminsSend(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	code := string(h.portal("so-an-giang", "91").Code)
	for role, province := range map[referral.Role]referral.ProvinceID{referral.RoleEditor: 0, referral.RoleViewer: 0, referral.RoleProvince: 911} {
		b := h.signedIn(role, province)
		if res := b.get(signupsSendPath); res.StatusCode != 403 {
			t.Errorf("%s: %d", role, res.StatusCode)
		}
		res := b.send(signupsPath, signupsSendPath, "destination", "postmart", "report_id", "x", "confirm", "1", "table", "day,code,count\n2026-11-24,"+code+",1\n")
		if res.StatusCode != 403 || len(h.reports()) != 0 {
			t.Errorf("%s sends: %d", role, res.StatusCode)
		}
	}
}
