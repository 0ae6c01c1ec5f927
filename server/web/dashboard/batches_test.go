package dashboard

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
)

// upload sends a multipart form, as a browser does with a file.
func (b *browser) upload(page, to, file string, nameValue ...string) answer {
	b.h.t.Helper()
	found := tokenField.FindStringSubmatch(b.get(page).body)
	if found == nil {
		b.h.t.Fatalf("no form on %s", page)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	nameValue = append(nameValue, "csrf", found[1])
	for i := 0; i+1 < len(nameValue); i += 2 {
		ok(b.h.t, w.WriteField(nameValue[i], nameValue[i+1]))
	}
	part, err := w.CreateFormFile("file", "noi-dat.csv")
	ok(b.h.t, err)
	_, err = part.Write([]byte(file))
	ok(b.h.t, err)
	ok(b.h.t, w.Close())
	r := httptest.NewRequest("POST", to, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.request(r)
}

func TestBatches_fromDraftToPlaced(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.portal("so-an-giang", "91")
	first, second := h.signedIn(referral.RoleEditor, 0), h.signedIn(referral.RoleEditor, 0)
	wantText(t, "empty list", first.get(batchesPath).body, "Chưa có đợt in nào", `id="moi"`)
	if res := first.get("/print"); res.StatusCode != 302 || res.Header.Get("Location") != batchesPath {
		t.Errorf("/print: %d %s", res.StatusCode, res.Header.Get("Location"))
	}

	res := first.send(batchesPath, batchesPath, "name", "", "id", "Đợt 1", "portal", "so-an-giang", "destination", "hub", "paper", "B4")
	if res.StatusCode != 422 {
		t.Errorf("bad input: %d", res.StatusCode)
	}
	wantText(t, "bad input", res.body, `id="f-name-fault"`, `id="f-id-fault"`, `id="f-paper-fault"`, `value="Đợt 1"`)
	res = first.send(batchesPath, batchesPath, "name", "Áp phích vụ hè thu", "id", "dot-1", "portal", "so-an-giang", "destination", "hub", "campaign", "", "paper", "A4")
	const page = batchesPath + "/dot-1"
	if res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), page+"?") {
		t.Fatalf("create: %d %s %s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	wantText(t, "draft", first.get(page+"?done=create").body, "Đã lập bản nháp", "Cần có nơi đặt trước đã", "Áp phích vụ hè thu")

	res = first.upload(page, page+"/noi-dat", "Nơi đặt;Số bản\nChợ;0\n", "form", "import")
	if res.StatusCode != 422 {
		t.Errorf("a bad list: %d", res.StatusCode)
	}
	wantText(t, "a bad list", res.body, "Dòng 2, cột 2", "copies", ">\nNơi đặt;Số bản\nChợ;0\n</textarea>")
	res = first.send(page, page+"/noi-dat", "form", "import", "table", "label,copies\nBến,2.5", "replace", "1")
	wantText(t, "a bad list that was typed", res.body, ">\nlabel,copies\nBến,2.5</textarea>")
	res = first.upload(page, page+"/noi-dat", "Nơi đặt;Xã;Số bản\nChợ Long Xuyên;Long Xuyên;3\nTrạm y tế;Vĩnh Hanh;2\n", "form", "import")
	if res.StatusCode != 303 {
		t.Fatalf("a good list: %d %s", res.StatusCode, res.body)
	}
	mine := first.get(page).body
	wantText(t, "with places", mine, "Chợ Long Xuyên", "Xin nhờ người khác duyệt", "2 nơi, 5 tờ", "Số nơi đặt có thay đổi: 0 ")
	wantNoText(t, "with places", mine, `action="`+page+`/duyet"`, "Chưa từng quét", "account:")
	if res := first.send(page, page+"/duyet", "form", "approve"); res.StatusCode != 403 {
		t.Errorf("approved by who made it: %d", res.StatusCode)
	}
	if res := second.send(page, page+"/duyet", "form", "approve"); res.StatusCode != 303 {
		t.Fatalf("approve: %d %s", res.StatusCode, res.body)
	}
	wantText(t, "approved", first.get(page).body, "0000 0018 – 0000 0059", "Bước tiếp: đem in", "Rút về bản nháp")
	file := first.get(page + "/ap-phich?paper=A4&form=pdf")
	if file.StatusCode != 200 || file.Header.Get("Content-Type") != "application/pdf" || file.Header.Get("Lensan-Pages") != "1" || !strings.HasPrefix(file.body, "%PDF-") {
		t.Errorf("posters: %d %v", file.StatusCode, file.Header)
	}
	res = first.send(page, page+"/da-in", "form", "print", "printer", "Nhà in", "printed_on", "2026-11-24", "quantity", "2.5")
	wantText(t, "half a sheet", res.body, `id="f-quantity-fault"`)
	res = first.send(page, page+"/da-in", "form", "print", "printer", "", "printed_on", "2027-01-01", "quantity", "x")
	if res.StatusCode != 422 {
		t.Errorf("bad print: %d", res.StatusCode)
	}
	wantText(t, "bad print", res.body, `id="f-printer-fault"`, `id="f-printed_on-fault"`, `id="f-quantity-fault"`)
	if res = first.send(page, page+"/da-in", "form", "print", "printer", "Nhà in", "printed_on", "2026-11-24", "quantity", "5"); res.StatusCode != 303 {
		t.Fatalf("print: %d %s", res.StatusCode, res.body)
	}
	code := regexp.MustCompile(`/vi-tri/([2-9A-Z]{6})`).FindStringSubmatch(first.get(page).body)[1]
	if res := first.send(page, page+"/noi-dat/"+code, "form", "place-one"); res.StatusCode != 303 {
		t.Errorf("place one: %d %s", res.StatusCode, res.body)
	}
	wantText(t, "one place", first.get(page).body, "1/2 nơi", "24/11/2026", "Bỏ ghi đã treo", "Ghi: treo hôm nay", "Chưa từng quét", "Trạng thái: Đã duyệt ", "Ngày in: – ")
	if res := first.send(page, page, "form", "edit", "name", "Áp phích", "destination", "guide", "campaign", ""); res.StatusCode != 422 {
		t.Errorf("retarget without a reason: %d", res.StatusCode)
	}
	if res := first.send(page, page+"/da-treo", "form", "place", "on", "2026-11-24"); res.StatusCode != 303 {
		t.Errorf("place all: %d %s", res.StatusCode, res.body)
	}
	if list := first.get(batchesPath).body; !strings.Contains(list, `<a href="`+page+`">2<span`) {
		t.Errorf("the list does not say that two codes were never scanned: %s", list)
	}
	if res := first.send(page, page+"/thu-hoi", "form", "retire", "reason", ""); res.StatusCode != 422 || !strings.Contains(res.body, "<details class=\"card\" open>") {
		t.Errorf("retire without a reason: %d", res.StatusCode)
	}
	if res := first.send(page, page+"/thu-hoi", "form", "retire", "reason", "Hết đợt"); res.StatusCode != 303 {
		t.Errorf("retire: %d", res.StatusCode)
	}
	wantText(t, "list", first.get(batchesPath+"?state=retired").body, "Áp phích vụ hè thu", "Đã thu hồi")

	viewer, foreign := h.signedIn(referral.RoleViewer, 0), h.signedIn(referral.RoleProvince, 10)
	wantNoText(t, "viewer", viewer.get(page).body, `method="post" action="`+page, `id="sua"`)
	if res := foreign.get(page); res.StatusCode != 404 || strings.Contains(res.body, "hè thu") {
		t.Errorf("another province: %d", res.StatusCode)
	}
	if res := foreign.get(page + "/ap-phich"); res.StatusCode != 404 {
		t.Errorf("another province's posters: %d", res.StatusCode)
	}
	wantNoText(t, "another province's list", foreign.get(batchesPath).body, "hè thu")
}

func TestPrintTexts_areAllThereAndUsed(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	used, prefixes := map[string]bool{}, []string{}
	for _, key := range regexp.MustCompile(`"print\.[a-z_0-9A-Z.]*`).FindAllString(sources(t, "*.go", "html/*.html"), -1) {
		key = key[1:]
		used[key] = true
		if strings.HasSuffix(key, ".") {
			prefixes = append(prefixes, key)
		} else if !h.pages.Text("vi").Has(key) {
			t.Errorf("text %s is missing", key)
		}
	}
	table := ""
	for _, line := range strings.Split(readAsset(t, "text/vi/print.toml"), "\n") {
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[]")
		} else if name, _, found := strings.Cut(line, " = "); found {
			key := table + "." + name
			for _, prefix := range prefixes {
				used[key] = used[key] || strings.HasPrefix(key, prefix)
			}
			if !used[key] {
				t.Errorf("text %s is not used", key)
			}
		}
	}
}
