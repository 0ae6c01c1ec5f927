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

// hubWith returns the hub page after a change to what is registered.
func hubWith(t *testing.T, path string, dead map[string]bool, change func(*referral.Snapshot)) string {
	t.Helper()
	k := newKit(t)
	s := sampleSnapshot()
	change(&s)
	links, err := referral.BuildLinks(s, sampleProvinces(t), dead)
	if err != nil {
		t.Fatal(err)
	}
	k.links.Swap(links)
	return body(t, get(t, k.serve(t), path))
}

func TestHub_ordersGroupsAndButtonsAsRegistered(t *testing.T) {
	page := hubWith(t, "/"+string(hubCode), nil, func(s *referral.Snapshot) {
		for i := range s.Destinations {
			s.Destinations[i].Position = -i
			s.Destinations[i].Paused = false
		}
	})
	var order []string
	for _, found := range regexp.MustCompile(`href="/go/\w+/(\w+)"|<h2>([^<]*)</h2>`).FindAllStringSubmatch(page, -1) {
		order = append(order, found[1]+found[2])
	}
	if got, want := strings.Join(order, ", "), "Góp ý, phản ánh, feedback, Sàn thương mại điện tử, postmart, voso, guide, support_portal"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestHub_deadDestinations(t *testing.T) {
	page := hubWith(t, "/"+string(hubCode), map[string]bool{"postmart": true, "guide": true}, func(s *referral.Snapshot) {
		s.Destinations[1].FallbackID = "feedback"
	})
	if !strings.Contains(page, "Trang này đang tạm ngừng. Bà con sắp chuyển đến trang: <i>gopy.example.gov.vn</i>") {
		t.Error("the fallback's host is missing")
	}
	if !strings.Contains(page, `<p class="b o"><span>Tên postmart<small>Đang tạm ngừng`) || strings.Contains(page, "/postmart\"") {
		t.Errorf("a dead destination without fallback is not shown as closed:\n%s", page)
	}
}

func TestHub_isNeverEmpty(t *testing.T) {
	all := func(s *referral.Snapshot) {
		for i := range s.Destinations {
			s.Destinations[i].Paused = true
		}
	}
	if page := hubWith(t, "/"+string(hubCode), nil, all); !strings.Contains(page, "chưa có trang nào") || !strings.Contains(page, "Tổ công nghệ số cộng đồng") {
		t.Errorf("nothing to read in\n%s", page)
	}
}

func TestHub_retiredCodesSayWhy(t *testing.T) {
	for _, path := range []string{"/" + string(hubCode), "/go/" + string(hubCode) + "/hub?lang=vi", "/go/" + string(hubCode) + "/voso"} {
		page := hubWith(t, path, nil, func(s *referral.Snapshot) { s.Placements[3].State = referral.PlacementRetired })
		if !strings.Contains(page, "không còn dùng nữa") || !strings.Contains(page, "/support_portal") {
			t.Errorf("%s: no note, or nothing to choose, in\n%s", path, page)
		}
	}
}

// A reader who changes the language is not counted as another scan, and reads
// the same page.
func TestHub_changesTheLanguage(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	other := regexp.MustCompile(`<a href="([^"]*)" hreflang="en" lang="en">`)
	for path, note := range map[string]string{
		"/" + string(hubCode):              "",
		"/" + string(closedCode):           "is closed for now",
		"/" + string(pausedCode):           "is paused",
		"/go/" + string(hubCode) + "/voso": "is closed for now",
	} {
		found := other.FindStringSubmatch(body(t, get(t, address, path)))
		if found == nil {
			t.Fatalf("%s: no way to English", path)
		}
		english := get(t, address, found[1])
		page := body(t, english)
		if english.StatusCode != 200 || english.Header.Get("Content-Language") != "en" || !strings.Contains(page, note) || strings.Contains(page, `class="n"`) != (note != "") {
			t.Errorf("%s: %d at %s, note %q missing or one too many in\n%s", path, english.StatusCode, found[1], note, page)
		}
		if click := k.clicks.last(t); click.Channel != referral.ChannelHub || click.Destination != referral.HubNum {
			t.Errorf("%s: recorded %v to %d", path, click.Channel, click.Destination)
		}
		if !strings.Contains(page, `/support_portal?lang=en"`) {
			t.Errorf("%s: the way on forgets the language", path)
		}
	}
}

func TestHub_compressedForWhoAccepts(t *testing.T) {
	address := newKit(t).serve(t)
	plain := len(body(t, get(t, address, "/"+string(hubCode))))
	for _, encoding := range []string{"gzip", "br"} {
		got := get(t, address, "/"+string(hubCode), "Accept-Encoding: "+encoding)
		n := len(body(t, got))
		t.Logf("%s: %d bytes of %d", encoding, n, plain)
		if got.Header.Get("Content-Encoding") != encoding || n >= plain*6/10 {
			t.Errorf("%s: Content-Encoding %q, %d bytes of %d", encoding, got.Header.Get("Content-Encoding"), n, plain)
		}
		if !strings.Contains(got.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Vary %q", encoding, got.Header.Get("Vary"))
		}
	}
}
