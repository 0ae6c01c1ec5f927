package dashboard

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

// report keeps what somebody wrote about a code.
func (h *house) report(code referral.Code, where string) referral.CodeReport {
	h.t.Helper()
	x, err := h.registry.ReportCode(h.t.Context(), referral.CodeReport{Code: code, Where: where, Note: "miếng dán <mới>\nđè lên mã cũ"})
	ok(h.t, err)
	return x
}

func closing(x referral.CodeReport) string { return fmt.Sprintf("%s/%d", reportsPath, x.Num) }

func TestReports_areDealtWith(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	b := h.signedIn(referral.RoleEditor, 0)
	wantText(t, "empty", b.get(reportsPath).body, "Không có báo cáo nào đang chờ")
	wantNoText(t, "empty", b.get(Root).body, `class="count"`)

	first, second := h.report(p.Code, "Nhà văn hóa ấp 3"), h.report(p.Code, "Chợ Mỹ Xuyên")
	page := b.get(reportsPath).body
	wantText(t, "open", page, "2 báo cáo mã bị dán đè đang chờ xử lý", "Nhà văn hóa ấp 3", "Chợ Mỹ Xuyên", "/kiem-tra/"+string(p.Code), "miếng dán &lt;mới&gt;\nđè lên mã cũ")
	if strings.Index(page, "Chợ Mỹ Xuyên") > strings.Index(page, "Nhà văn hóa ấp 3") {
		t.Error("the newest does not come first")
	}
	wantText(t, "every page", b.get(Root+"/cong").body, `<span class="count">2<span class="visually-hidden"> việc chờ xem</span></span>`)

	res := b.send(reportsPath, closing(first), "outcome", "  ")
	if res.StatusCode != 422 {
		t.Errorf("nothing done: %d", res.StatusCode)
	}
	wantText(t, "nothing done", res.body, "Chưa ghi.", `aria-invalid="true"`, fmt.Sprintf(`id="f-outcome-%d-fault"`, first.Num))
	long := strings.Repeat("đ", 600)
	wantText(t, "too long", b.send(reportsPath, closing(first), "outcome", long).body, `value="`+long+`"`)
	wantText(t, "still open", b.get(reportsPath).body, "2 báo cáo")

	res = b.send(reportsPath, closing(first), "outcome", "Đã gỡ miếng dán")
	if res.StatusCode != 303 {
		t.Fatalf("%d", res.StatusCode)
	}
	page = b.get(reportsPath + "?done=closed").body
	wantText(t, "one left", page, "1 báo cáo", "Chợ Mỹ Xuyên", "Đã ghi kết quả xử lý")
	wantNoText(t, "one left", page, "Nhà văn hóa ấp 3")
	page = b.get(reportsPath + "?state=closed").body
	wantText(t, "closed", page, "Nhà văn hóa ấp 3", "Đã gỡ miếng dán", "<span class=\"secondary small\">editor.")
	wantNoText(t, "closed", page, "Chợ Mỹ Xuyên", `name="outcome"`, "account:")
	res = h.signedIn(referral.RoleAdmin, 0).send(Root, closing(first), "outcome", "Không thấy gì")
	if res.StatusCode != 409 {
		t.Errorf("closed already: %d", res.StatusCode)
	}
	wantText(t, "closed already", res.body, "Chưa ghi gì: editor.", "đã xử lý báo cáo này lúc 14:05 24/11/2026, kết quả “Đã gỡ miếng dán”.")
	if res := b.send(reportsPath, closing(second)+"0", "outcome", "x"); res.StatusCode != 404 {
		t.Errorf("a report that does not exist: %d", res.StatusCode)
	}
	wantText(t, "English", b.get(reportsPath+"?lang=en").body, "Reports of pasted-over codes waiting: 1")
}

func TestReports_roles(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	own, foreign := h.portal("so-an-giang", "91"), h.portal("so-ha-noi", "01")
	mine, theirs := h.report(own.Code, "Chợ Mỹ Xuyên"), h.report(foreign.Code, "Phố Hàng Bông")
	ids := regexp.MustCompile(`id="bao-cao-\d+"`)
	for _, c := range []struct {
		role        referral.Role
		province    referral.ProvinceID
		shown       int
		closes      int // status
		closesOther int
	}{
		{referral.RoleViewer, 0, 2, 403, 403},
		{referral.RoleProvince, 10, 1, 404, 303},
		{referral.RoleProvince, 911, 1, 303, 404},
	} {
		t.Run(string(c.role), func(t *testing.T) {
			b := h.signedIn(c.role, c.province)
			page := b.get(reportsPath)
			if n := len(ids.FindAllString(page.body, -1)); n != c.shown {
				t.Errorf("%d reports shown, want %d", n, c.shown)
			}
			if c.role == referral.RoleProvince {
				wantText(t, "count", b.get(Root).body, `<span class="count">1<`)
			}
			if writes := strings.Contains(page.body, `name="outcome"`); writes != (c.role == referral.RoleProvince) {
				t.Errorf("form: %v", writes)
			}
			for x, want := range map[referral.CodeReport]int{mine: c.closes, theirs: c.closesOther} {
				if res := b.send(Root, closing(x), "outcome", "Đã gỡ bởi "+string(c.role)); res.StatusCode != want {
					t.Errorf("close %s: %d, want %d", x.Where, res.StatusCode, want)
				}
			}
		})
	}
	list, _, err := h.registry.CodeReports(t.Context(), admin, registry.Page{}, registry.Filter{State: "open"})
	ok(t, err)
	if len(list) != 0 {
		t.Errorf("still open: %+v", list)
	}
}
