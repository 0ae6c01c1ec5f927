package dashboard

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lensan/server/outbox"
	"lensan/server/referral"
)

// mailServer takes every message, or fails as it is told.
type mailServer struct {
	fail error
	took []outbox.Message
}

func (m *mailServer) Send(_ context.Context, x outbox.Message, handing func() error) error {
	if err := errors.Join(handing(), m.fail); err != nil {
		return err
	}
	m.took = append(m.took, x)
	return nil
}

func TestMonthly_page(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := h.clicks(0, referral.MustDay("2026-10-05"), 911, referral.ChannelQR, 1234)
	h.clicks(seq, referral.MustDay("2026-09-05"), 10, referral.ChannelQR, 1000)
	viewer := h.signedIn(referral.RoleViewer, 0)
	page := viewer.get(Root + "/bao-cao").body
	wantText(t, "last month", page, "Báo cáo tháng 10/2026", "1.234", "kỳ trước 1.000", "/thong-ke/bao-cao-thang.pdf?month=2026-10", "/thong-ke/bao-cao-thang.xlsx?month=2026-10", `value="2023-11"`)
	wantNoText(t, "of a viewer", page, "bao-cao/dang-ky", "Đăng ký một địa chỉ")
	wantText(t, "September", viewer.get(Root+"/bao-cao?month=2026-09&province=91").body, "Báo cáo tháng 09/2026", "An Giang", "month=2026-09&amp;province=91")
	for query, say := range map[string]string{"?month=2026-11": "2026-11", "?month=x": "x", "?province=99": "99"} {
		if got := viewer.get(Root + "/bao-cao" + query); got.StatusCode != 422 || !strings.Contains(got.body, say) || strings.Contains(got.body, "bao-cao-thang.pdf") {
			t.Errorf("%s: %d", query, got.StatusCode)
		}
	}
	own := h.signedIn(referral.RoleProvince, 890).get(Root + "/bao-cao").body
	wantText(t, "of a province", own, "An Giang", "1.234")
	wantNoText(t, "of a province", own, "Hà Nội")
}

func TestSubscriptions_page(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.clicks(0, referral.MustDay("2026-10-05"), 911, referral.ChannelQR, 1234)
	editor := h.signedIn(referral.RoleEditor, 0)
	at := Root + "/bao-cao"
	wantText(t, "empty", editor.get(at).body, "Chưa có địa chỉ nào đăng ký.")
	bad := editor.send(at, at+"/dang-ky", "email", "an giang", "province", "91", "lang", "fr", "day", "29")
	wantText(t, "refused", bad.body, "“an giang” không phải địa chỉ thư điện tử.", "“fr” không phải vi hay en.", "Ngày gửi là một ngày từ 1 đến 28", `value="an giang"`)
	fields := []string{"email", "vp@angiang.gov.vn", "province", "91", "lang", "vi", "day", "5"}
	if got := editor.send(at, at+"/dang-ky", fields...); got.StatusCode != 303 {
		t.Fatalf("subscribe: %d %s", got.StatusCode, got.body)
	}
	if got := editor.send(at, at+"/dang-ky", fields...); got.StatusCode != 422 || !strings.Contains(got.body, "đã đăng ký nhận") {
		t.Errorf("twice: %d", got.StatusCode)
	}
	wantText(t, "subscribed", editor.get(at+"?month=2026-10").body, "vp@angiang.gov.vn", "An Giang", "05/12/2026, báo cáo tháng 11/2026", "Gửi tháng 10/2026 ngay")

	if got := editor.send(at, at+"/dang-ky/1/gui", "month", "2026-10"); got.StatusCode != 303 {
		t.Fatalf("send now: %d %s", got.StatusCode, got.body)
	}
	wantText(t, "waiting", editor.get(messagesPath).body, "Báo cáo tháng 10/2026: An Giang", "vp@angiang.gov.vn", "Đang chờ (1)")
	h.mail.fail = errors.Join(errors.New("550 no such mailbox"), outbox.ErrRefused)
	ok(t, h.outbox.Tick(t.Context()))
	wantText(t, "failed", editor.get(messagesPath+"?state=failed").body, "1 thư không gửi được", "Không gửi được")
	failed := editor.get(messagesPath + "/1")
	wantText(t, "failed message", failed.body, "550 no such mailbox", "Gửi lại", "lensan-2026-10-an-giang.pdf", "lensan-2026-10-an-giang.xlsx", "Kính gửi quý cơ quan", "http://localhost:8080/thong-ke/bao-cao?month=2026-10&amp;province=91")
	wantNoText(t, "failed message", failed.body, "[mail.")
	h.mail.fail = nil
	if got := editor.send(messagesPath+"/1", messagesPath+"/1/gui-lai"); got.StatusCode != 303 {
		t.Errorf("retry: %d", got.StatusCode)
	}
	ok(t, h.outbox.Tick(t.Context()))
	if len(h.mail.took) != 1 {
		t.Fatalf("%d messages taken", len(h.mail.took))
	}
	wantText(t, "sent", editor.get(messagesPath+"/1").body, "Máy chủ thư đã nhận.")
	if got := editor.get(messagesPath + "/1/tep/0"); got.Header.Get("Content-Type") != "application/pdf" || got.body != string(h.mail.took[0].Files[0].Content) {
		t.Errorf("the file is not what was sent: %s", got.Header.Get("Content-Type"))
	}
	if got := editor.send(at, at+"/dang-ky/1/ket-thuc"); got.StatusCode != 303 {
		t.Errorf("end: %d", got.StatusCode)
	}
	wantNoText(t, "ended", editor.get(at).body, "vp@angiang.gov.vn")
	if again := editor.send(at, at+"/dang-ky/1/ket-thuc"); again.StatusCode != 404 {
		t.Errorf("end twice: %d", again.StatusCode)
	}
}

// message puts a message into the outbox.
func (h *house) message(key string) {
	h.t.Helper()
	_, err := h.outbox.Put(h.t.Context(), outbox.Message{Key: key, Kind: "report", Channel: outbox.Mail, To: "a@example.vn", Subject: "Báo cáo"})
	ok(h.t, err)
}
