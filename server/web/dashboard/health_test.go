package dashboard

import (
	"testing"

	"lensan/server/health"
	"lensan/server/referral"
)

func TestHealth_forced(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	b := h.signedIn(referral.RoleAdmin, 0)
	const page = Root + "/dich-den/postmart"
	wantText(t, "before", b.get(page).body, "Chưa biết", "Máy kiểm tra quyết định")
	res := b.send(page, page+"/tinh-trang", "force", "dead", "reason", "")
	wantText(t, "without a reason", res.body, `id="f-health-reason-fault"`, "Chưa biết")
	if res.StatusCode != 422 || h.health.Status("postmart").Forced != "" {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	if res = b.send(page, page+"/tinh-trang", "force", "dead", "reason", "Sàn báo bảo trì"); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	if got := h.health.Status("postmart").Effective(); got != health.Dead {
		t.Errorf("it is %s", got)
	}
	wantText(t, "after", b.get(page).body, ">Hỏng</span>", "Đặt tay", "Sàn báo bảo trì", "Đặt tình trạng bằng tay")
	wantText(t, "list", b.get(Root+"/dich-den").body, ">Hỏng</span>", "Đặt tay")
	wantNoText(t, "who did it", b.get(page).body+b.get(Root+"/dich-den").body, "account:")
	editor := h.signedIn(referral.RoleEditor, 0)
	if res := editor.send(Root, page+"/tinh-trang", "force", "auto", "reason", "x"); res.StatusCode != 403 {
		t.Errorf("an editor: %d", res.StatusCode)
	}
}
