package dashboard

import (
	"testing"

	"lensan/server/referral"
)

// An Giang (89) and Kiên Giang (91) became An Giang (91) on 2025-07-01.
func TestOverview_beforeAndAfterTheMerger(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	seq := uint64(0)
	for _, x := range []struct {
		day      string
		province referral.ProvinceID
		n        int64
	}{{"2025-05-01", 890, 7}, {"2025-05-02", 890, 300}, {"2025-06-30", 910, 100}, {"2025-07-01", 911, 450}, {"2025-08-29", 911, 50}, {"2025-08-30", 911, 9}, {"2025-06-01", 10, 80}} {
		seq = h.clicks(seq, referral.MustDay(x.day), x.province, referral.ChannelWidget, x.n)
	}
	viewer := h.signedIn(referral.RoleViewer, 0)
	body := viewer.get(Root + "?province=91").body
	wantText(t, "An Giang", body, "An Giang trước và sau ngày 01/07/2025", "An Giang (mã 89 cũ)", "Kiên Giang (mã 91 cũ)", ">300<", ">100<", ">400<", ">500<", "25\u00a0%",
		"Trước: 02/05/2025 – 30/06/2025. Sau: 01/07/2025 – 29/08/2025.", "boundaries=recorded", "province=89~")
	for _, page := range []string{Root, Root + "?province=01", Root + "?province=91&boundaries=recorded", Root + "?province=92"} {
		wantNoText(t, page, viewer.get(page).body, "trước và sau ngày")
	}
}
