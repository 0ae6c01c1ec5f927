package public

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/web"
)

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHub_answersWithItself(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for _, row := range []struct {
		path    string
		channel referral.Channel
		note    string
	}{
		{"/" + string(hubCode), referral.ChannelQR, ""},
		{"/go/" + string(hubCode), referral.ChannelWidget, ""},
		{"/" + string(pausedCode), referral.ChannelQR, "đang tạm dừng"},
		{"/" + string(closedCode), referral.ChannelQR, "đang tạm ngừng"},
		{"/go/" + string(widgetCode) + "/hub", referral.ChannelHub, ""},
		{"/go/" + string(widgetCode) + "/voso", referral.ChannelHub, "đang tạm ngừng"},
		{"/go/" + string(widgetCode) + "/voso?c=w", referral.ChannelWidget, "đang tạm ngừng"},
		{"/go/" + string(widgetCode) + "/no-such-one", referral.ChannelHub, "đang tạm ngừng"},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := get(t, address, row.path)
			if got.StatusCode != 200 || got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Location") != "" {
				t.Fatalf("%d, Cache-Control %q, Location %q", got.StatusCode, got.Header.Get("Cache-Control"), got.Header.Get("Location"))
			}
			click := k.clicks.last(t)
			if click.Destination != referral.HubNum || click.Channel != row.channel {
				t.Errorf("recorded %v to %d", click.Channel, click.Destination)
			}
			page := body(t, got)
			if has := strings.Contains(page, `class="n"`); has != (row.note != "") || !strings.Contains(page, row.note) {
				t.Errorf("note %v, want %q", has, row.note)
			}
		})
	}
}

func TestHub_isOneSmallRequest(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for _, lang := range []string{"vi", "en"} {
		got := get(t, address, "/"+string(hubCode)+"?lang="+lang)
		page := body(t, got)
		if n := len(page); n > 14<<10-700 { // 700 bytes for the headers
			t.Errorf("%s: %d bytes", lang, n)
		}
		if found := regexp.MustCompile(`(?i)<script|<link rel="stylesheet"|src=|@import|@font-face|url\(|style="`).FindString(page); found != "" {
			t.Errorf("%s: the page holds %s", lang, found)
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
		if style == nil || !strings.Contains(got.Header.Get("Content-Security-Policy"), web.CSPHash(style[1])) {
			t.Errorf("%s: the policy does not allow the style", lang)
		}
		if !strings.Contains(page, `<html lang="`+lang+`">`) {
			t.Errorf("%s: language", lang)
		}
		for _, want := range []string{"/go/" + string(hubCode) + "/support_portal", "/go/" + string(hubCode) + "/feedback", "postmart.example.vn"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %s is missing", lang, want)
			}
		}
		if strings.Contains(page, "/voso") {
			t.Errorf("%s: a paused destination is offered", lang)
		}
	}
}

func TestHub_hotline(t *testing.T) {
	if got := telephone("1900 1234 (nhánh 5)"); got != "tel:190012345" {
		t.Errorf("%s", got)
	}
}
