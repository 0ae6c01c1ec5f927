package dashboard

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/wording"
)

// said changes a text as an editor would.
func (h *house) said(key, lang, words string) {
	h.t.Helper()
	_, err := h.wording.Change(h.t.Context(), admin, key, wording.Input{lang: &words}, "thử")
	ok(h.t, err)
}

func TestTexts_list(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleEditor, 0)
	first := b.get(textsPath).body
	wantText(t, "list", first, "Mọi lời trên trang đang theo mặc định", "Đưa nông sản lên sàn", "Put your produce online", "public.hub.title", "Theo mặc định",
		`href="/thong-ke/van-ban?group=hub" aria-current="page"`, `href="/thong-ke/van-ban/public.hub.lead"`, `href="/thong-ke/van-ban" aria-current="page"`)
	wantNoText(t, "list", first, "badge.figure", "đã sửa</span>")
	wantText(t, "nothing changed", b.get(textsPath+"?changed=1").body, "Chưa có lời nào được sửa.", "Xem lại từ trang chọn đích đến")
	h.said("badge.figure", "vi", "Gần 3,2 triệu hộ")
	h.said("public.hub.lead", "en", "Help with selling online")
	wantText(t, "title", b.get(textsPath+"?group=badge").body, "2 lời đã sửa khác mặc định", "Gần 3,2 triệu hộ", "Gần 3,1 triệu hộ", "đã sửa</span>", "Chỉ lời đã sửa (2)")
	changed := b.get(textsPath + "?changed=1").body
	wantText(t, "changed", changed, "badge.figure", "public.hub.lead", "Huy hiệu, thẻ", "Trang chọn đích đến")
	wantNoText(t, "changed", changed, "public.hub.title")
	found := b.get(textsPath + "?q=GAN+3%2C2+trieu").body
	wantText(t, "found without accents", found, "badge.figure", `value="GAN 3,2 trieu"`)
	wantNoText(t, "found without accents", found, "badge.note")
	wantText(t, "the default is found too", b.get(textsPath+"?q=gan+3%2C1+trieu").body, "badge.figure")
	wantText(t, "none", b.get(textsPath+"?q=%3Cscript%3E").body, "Không có lời nào chứa “&lt;script&gt;”.")
	wantText(t, "found among the changed", b.get(textsPath+"?q=selling&changed=1").body, "public.hub.lead", ` checked`)
	wantText(t, "a letter is cut", b.get(textsPath+"?group=mail").body, "mail.report_body", "…")
	wantText(t, "an unknown group", b.get(textsPath+"?group=nothing").body, "public.hub.title")
	wantText(t, "in English", b.get(textsPath+"?lang=en").body, "2 texts differ from the default", `<p lang="vi"><a`)
}

func TestText_changeResetUndo(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleEditor, 0)
	at := textsPath + "/public.hub.code"
	wantText(t, "page", b.get(at).body, "Giữ nguyên các chỗ trống", "<code>{code}</code>", ">Mã {code}</textarea>", ">Code {code}</textarea>", "Chưa có thay đổi nào.",
		`href="/thong-ke/van-ban/xem/`+string(p.Code)+`/en"`, `lang="vi" required`, "Trang bà con thấy sau khi quét mã")
	wantNoText(t, "page of a default", b.get(at).body, "/mac-dinh")

	refused := b.send(at, at, "vi", "Mã số {ma}", "en", "", "reason", "")
	if refused.StatusCode != 422 {
		t.Errorf("refused with %d", refused.StatusCode)
	}
	wantText(t, "refused", refused.body, "Cần giữ đúng các chỗ trống của lời mặc định: {code}.", `<a href="#f-vi">Tiếng Việt</a>`, `<a href="#f-en">`, `<a href="#f-reason">`, ">Mã số {ma}</textarea>", "Xin ghi lý do.", `aria-invalid="true"`)
	if got := h.texts.In("vi").T("public.hub.code"); got != "Mã {code}" {
		t.Errorf("what was refused is in force: %q", got)
	}

	res := b.send(at, at, "vi", " Mã  số {code} ", "en", "Code {code}", "reason", "Dễ hiểu hơn")
	if want := at + "?done=changed#main"; res.StatusCode != 303 || res.Header.Get("Location") != want {
		t.Fatalf("%d %s %s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	page := b.get(at + "?done=changed").body
	wantText(t, "changed", page, "Đã lưu.", ">Mã số {code}</textarea>", "Dễ hiểu hơn", "lời mặc định", "đã sửa</span>", `action="/thong-ke/van-ban/public.hub.code/mac-dinh#ve-mac-dinh"`, `<option value="vi">`)
	wantNoText(t, "English is as it was", page, `<option value="en">`, `<option value="all">`, "Tiếng Anh:")

	wantText(t, "undo without a reason", b.send(at, at+"/hoan-tac", "change", h.newest("public.hub.code"), "reason", " ").body, "Xin ghi lý do.", `<details class="undo" open>`)
	if res := b.send(at, at+"/hoan-tac", "change", "1000", "reason", "x"); res.StatusCode != 409 {
		t.Errorf("undo of what is not the newest: %d", res.StatusCode)
	}
	if res := b.send(at, at+"/hoan-tac", "change", h.newest("public.hub.code"), "reason", "Nhầm"); res.StatusCode != 303 {
		t.Fatalf("undo: %d %s", res.StatusCode, res.body)
	}
	if got := h.texts.In("vi").T("public.hub.code"); got != "Mã {code}" {
		t.Errorf("undone: %q", got)
	}
	wantText(t, "undone", b.get(at+"?done=undone").body, "Đã hoàn tác.", "Nhầm", "Hoàn tác</strong>")

	h.said("public.hub.code", "vi", "Mã: {code}")
	h.said("public.hub.code", "en", "Code: {code}")
	wantText(t, "reset without a reason", b.send(at, at+"/mac-dinh", "lang", "all", "reason", "").body, "Xin ghi lý do.", `<option value="all" selected>Cả hai ngôn ngữ`)
	if res := b.send(at, at+"/mac-dinh", "lang", "all", "reason", "Thôi"); res.StatusCode != 303 || !strings.Contains(res.Header.Get("Location"), "done=text_default") {
		t.Fatalf("reset: %d %s", res.StatusCode, res.body)
	}
	if vi, en := h.texts.In("vi").T("public.hub.code"), h.texts.In("en").T("public.hub.code"); vi != "Mã {code}" || en != "Code {code}" {
		t.Errorf("reset: %q, %q", vi, en)
	}
	wantText(t, "reset", b.get(at+"?done=text_default").body, "Đã về lời mặc định.", "Về mặc định</strong>")
	log := h.signedIn(referral.RoleAdmin, 0).get(logPath + "?what=text").body
	wantText(t, "log", log, "Lời trên trang", "public.hub.code", "Thôi", "Tiếng Việt: Mã: {code}", "lời mặc định", `<option value="text" selected>`)
}

func (h *house) newest(key string) string {
	h.t.Helper()
	list, _, err := h.wording.History(h.t.Context(), admin, key, registry.Page{Limit: 1})
	ok(h.t, err)
	return strconv.FormatInt(list[0].ID, 10)
}

// Two people with the same page open who change a language each do not take
// each other's words away.
func TestText_twoAtOnce(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleEditor, 0)
	at := textsPath + "/public.hub.title"
	const vi, en = "Đưa nông sản lên sàn", "Put your produce online"
	wantText(t, "page", b.get(at).body, `name="shown/vi" value="`+vi+`"`, `name="shown/en" value="`+en+`"`)
	h.said("public.hub.title", "en", "Sell online")
	if res := b.send(at, at, "vi", "", "shown/vi", vi, "en", en, "shown/en", en, "reason", "x"); res.StatusCode != 422 || !strings.Contains(res.body, `name="shown/en" value="`+en+`"`) {
		t.Errorf("refused: %d, what was shown at first is forgotten", res.StatusCode)
	}
	if res := b.send(at, at, "vi", "Bán trên mạng", "shown/vi", vi, "en", en, "shown/en", en, "reason", "x"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if gotVi, gotEn := h.texts.In("vi").T("public.hub.title"), h.texts.In("en").T("public.hub.title"); gotVi != "Bán trên mạng" || gotEn != "Sell online" {
		t.Errorf("%q, %q", gotVi, gotEn)
	}
}

// Words that have no room on the badge are refused beside their field.
func TestText_noRoom(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	at := textsPath + "/badge.line1"
	res := b.send(at, at, "vi", "Hỗ trợ tất cả bà con nông dân trong cả nước", "en", "Support", "reason", "x")
	wantText(t, "too long", res.body, "quá dài cho huy hiệu", `<a href="#f-vi">`)
	wantText(t, "no sign", b.send(at, at, "vi", "Nông dân \U0001f33e", "en", "Support", "reason", "x").body, "Phông chữ của huy hiệu không có ký tự")
	if res := b.send(at, at, "vi", "Cùng bà con", "en", "Support", "reason", "x"); res.StatusCode != 303 {
		t.Errorf("%d %s", res.StatusCode, res.body)
	}
}

func TestText_previews(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleEditor, 0)
	wantText(t, "no placement", b.get(textsPath+"/public.hub.title").body, "Chưa có vị trí nào để xem thử.", `href="/thong-ke/vi-tri#moi"`)
	wantText(t, "needs none", b.get(textsPath+"/public.home.title").body, `href="/?lang=en"`)
	p := h.portal("so-an-giang", "91")
	code := string(p.Code)
	figures := b.get(textsPath + "/public.figures.title").body
	wantText(t, "no figures for everybody", figures, "máy chủ này không công bố số liệu (LENSAN_PUBLIC_FIGURES)")
	if strings.Contains(figures, `href="/cong-khai`) || strings.Contains(figures, "Chưa có vị trí") {
		t.Error("a link to figures that are not published")
	}
	h.dashboard.Published = true
	for key, want := range map[string][]string{
		"badge.line2":           {"/b/" + code + ".svg?lang=vi"},
		"badge.button":          {"/b/" + code + ".svg?style=button&amp;lang=en"},
		"badge.figure":          {"/b/" + code + ".svg?style=card&amp;lang=vi"},
		"snippet.alt":           {"/nhung/" + code + "?style=card&amp;l=en#preview"},
		"poster.call":           {"/thong-ke/vi-tri/" + code + "/ap-phich?paper=A4&amp;print=en"},
		"public.verify.title":   {"/kiem-tra/" + code + "?lang=vi"},
		"public.report.title":   {"/kiem-tra/bao-cao?lang=en"},
		"public.guide.drupal_2": {"/nhung/" + code + "?cms=drupal&amp;lang=vi#guide"},
		"cms.editor_joomla":     {"/nhung/" + code + "?cms=joomla&amp;lang=vi#guide"},
		"cms.trap_break":        {"/nhung/" + code + "?cms=&amp;lang=vi#guide"},
		"public.check.heading":  {"/nhung/" + code + "?lang=vi#check"},
		"public.figures.title":  {"/cong-khai?lang=en"},
		"public.footer":         {"/kiem-tra?lang=vi"},
		"mail.report_subject":   {`href="/thong-ke/thu">Xem các thư đã gửi`},
	} {
		wantText(t, key, b.get(textsPath+"/"+key).body, want...)
	}
	hub := b.get(textsPath + "/xem/" + code + "/en")
	if hub.body != "hub of "+code+" in en" {
		t.Errorf("hub: %d %s", hub.StatusCode, hub.body)
	}
	wantText(t, "the preview's language is not the dashboard's", b.get(textsPath).body, "Lời trên trang")
	poster := b.get(Root + "/vi-tri/" + code + "/ap-phich?paper=A4&print=en")
	if poster.StatusCode != 200 {
		t.Errorf("poster: %d", poster.StatusCode)
	}
}

func TestTexts_roles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	at := textsPath + "/public.hub.title"
	for _, c := range []struct {
		role     referral.Role
		province referral.ProvinceID
		want     int
	}{{referral.RoleAdmin, 0, 200}, {referral.RoleEditor, 0, 200}, {referral.RoleProvince, 911, 403}, {referral.RoleViewer, 0, 403}} {
		b := h.signedIn(c.role, c.province)
		for _, page := range []string{textsPath, at, textsPath + "/xem/" + string(p.Code) + "/vi"} {
			if got := b.get(page).StatusCode; got != c.want {
				t.Errorf("%s as %s: %d", page, c.role, got)
			}
		}
		nav := b.get(Root + "/dich-den").body
		if shows := strings.Contains(nav, `href="/thong-ke/van-ban"`); shows != (c.want == 200) {
			t.Errorf("the head shows it to %s: %v", c.role, shows)
		}
		if c.want == 200 {
			continue
		}
		for _, form := range []string{at, at + "/mac-dinh", at + "/hoan-tac"} {
			if got := b.send(Root, form, "vi", "x", "en", "x", "lang", "vi", "change", "1", "reason", "x").StatusCode; got != 403 {
				t.Errorf("POST %s as %s: %d", form, c.role, got)
			}
		}
	}
	b := h.signedIn(referral.RoleAdmin, 0)
	for _, key := range []string{"error.required", "dashboard.nav.texts", "none", url.PathEscape("../x"), "public.hub."} {
		if got := b.get(textsPath + "/" + key).StatusCode; got != 404 {
			t.Errorf("%s: %d", key, got)
		}
		if got := b.send(textsPath+"/public.hub.title", textsPath+"/"+key, "vi", "x", "en", "x", "reason", "x").StatusCode; got != 404 {
			t.Errorf("POST %s: %d", key, got)
		}
	}
}
