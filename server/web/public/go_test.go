package public

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
)

const zaloAgent = "Mozilla/5.0 (Linux; Android 12; SM-A127F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0.4844.58 Mobile Safari/537.36 Zalo android/12100609 ZaloTheme/light ZaloLanguage/vi"

// ask sends raw bytes over a socket and returns the answer without following it.
func ask(t *testing.T, address, raw string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Write([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(raw, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func get(t *testing.T, address, path string, headers ...string) *http.Response {
	t.Helper()
	return ask(t, address, "GET "+path+" HTTP/1.1\r\nHost: len.example.vn\r\n"+strings.Join(append(headers, ""), "\r\n")+"\r\n")
}

func TestGo_sendsOn(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	support := func(channel string, c referral.Code) string {
		return "https://tmdt.example.gov.vn/?utm_source=stttt-an-giang&utm_medium=" + channel + "&utm_campaign=he-2026&utm_content=" + string(c)
	}
	guide := func(channel string, c referral.Code, extra string) string {
		return "https://guide.example.vn/x?a=" + string(c) + "&b=" + channel + extra + "#top"
	}
	lower := strings.ToLower(string(widgetCode))
	for _, row := range []struct {
		path, location string
		channel        referral.Channel
		destination    int64
	}{
		{"/" + string(widgetCode), support("qr", widgetCode), referral.ChannelQR, 1},
		{"/" + lower, support("qr", widgetCode), referral.ChannelQR, 1},
		{"/" + lower + "/", support("qr", widgetCode), referral.ChannelQR, 1},
		{"/go/" + string(widgetCode), support("widget", widgetCode), referral.ChannelWidget, 1},
		{"/go/" + lower, support("widget", widgetCode), referral.ChannelWidget, 1},
		{"/go/" + lower + "/", support("widget", widgetCode), referral.ChannelWidget, 1},
		{"/go/" + string(widgetCode) + "?utm_source=evil&ref=1", support("widget", widgetCode), referral.ChannelWidget, 1},
		{"/go/" + string(linkCode), guide("link", linkCode, ""), referral.ChannelLink, 2},
		{"/go/" + string(qrCode), guide("widget", qrCode, ""), referral.ChannelWidget, 2},
		{"/" + string(linkCode) + "?xa=T%C3%A2n+H%C6%B0ng&other=1", guide("qr", linkCode, "&xa=T%C3%A2n+H%C6%B0ng"), referral.ChannelQR, 2},
		{"/" + string(linkCode) + "?ref=a%26b%3Dc&xa=%0d%0aX", guide("qr", linkCode, "&ref=a%26b%3Dc"), referral.ChannelQR, 2},
		{"/go/" + string(hubCode) + "/support_portal", support("hub", hubCode), referral.ChannelHub, 1},
		{"/go/" + string(hubCode) + "/support_portal?c=w", support("widget", hubCode), referral.ChannelWidget, 1},
		{"/go/" + string(pausedCode) + "/support_portal", support("hub", pausedCode), referral.ChannelHub, 1},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(method+" "+row.path, func(t *testing.T) {
				got := ask(t, address, method+" "+row.path+" HTTP/1.1\r\nHost: len.example.vn\r\n\r\n")
				if got.StatusCode != 302 || got.Header.Get("Location") != row.location {
					t.Fatalf("%d to %q, want 302 to %q", got.StatusCode, got.Header.Get("Location"), row.location)
				}
				if cc, rp := got.Header.Get("Cache-Control"), got.Header.Get("Referrer-Policy"); cc != "no-store" || rp != "no-referrer-when-downgrade" {
					t.Errorf("Cache-Control %q, Referrer-Policy %q", cc, rp)
				}
				click := k.clicks.last(t)
				if click.Channel != row.channel || click.Destination != row.destination {
					t.Errorf("recorded %v to %d, want %v to %d", click.Channel, click.Destination, row.channel, row.destination)
				}
				if isHead := click.Marks&referral.MarkHead != 0; isHead != (method == "HEAD") {
					t.Errorf("marks %b for %s", click.Marks, method)
				}
			})
		}
	}
}

func TestGo_recordsWhatIsKnown(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	get(t, address, "/go/"+string(widgetCode), "User-Agent: "+zaloAgent, "Referer: https://STTTT.angiang.gov.vn:8443/tin/1?x=y", "Sec-Purpose: prefetch;anonymous-client-ip")
	got := k.clicks.last(t)
	if got.Visitor == 0 {
		t.Error("no visitor")
	}
	got.Visitor = 0
	want := referral.Click{Milli: noon.UnixMilli(), Placement: 11, Portal: 7, Province: 911, Destination: 1, Campaign: 3,
		Channel: referral.ChannelWidget, Marks: referral.MarkPrefetch, UserAgent: zaloAgent, Referrer: "stttt.angiang.gov.vn"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	get(t, address, "/go/"+string(widgetCode), "User-Agent: "+strings.Repeat("x", 2000), "Referer: https://len.example.vn/nhung/x")
	if got := k.clicks.last(t); len(got.UserAgent) != referral.MaxUserAgent || got.Referrer != "" {
		t.Errorf("User-Agent of %d bytes, referrer %q", len(got.UserAgent), got.Referrer)
	}
}

func TestGo_cannotBeSteered(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	c := string(widgetCode)
	host := "Host: len.example.vn\r\n"
	for name, raw := range map[string]string{
		"two slashes":          "GET //evil.com HTTP/1.1\r\n" + host,
		"two slashes and code": "GET //evil.com/" + c + " HTTP/1.1\r\n" + host,
		"after the code":       "GET /go/" + c + "//evil.com HTTP/1.1\r\n" + host,
		"backslashes":          `GET /go/` + c + `/\\evil.com HTTP/1.1` + "\r\n" + host,
		"backslash first":      `GET /\evil.com/` + c + ` HTTP/1.1` + "\r\n" + host,
		"encoded slashes":      "GET /go/" + c + "/%2F%2Fevil.com HTTP/1.1\r\n" + host,
		"encoded code":         "GET /go/%4B" + c[1:] + " HTTP/1.1\r\n" + host,
		"user info":            "GET /go/" + c + "@evil.com HTTP/1.1\r\n" + host,
		"user info as choice":  "GET /go/" + c + "/@evil.com HTTP/1.1\r\n" + host,
		"dots":                 "GET /go/../" + c + "/../evil.com HTTP/1.1\r\n" + host,
		"url in the query":     "GET /go/" + c + "?url=https://evil.com&next=//evil.com&ref=//evil.com HTTP/1.1\r\n" + host,
		"url as listed query":  "GET /go/" + string(linkCode) + "?ref=//evil.com%0d%0aLocation:%20https://evil.com HTTP/1.1\r\n" + host,
		"line break encoded":   "GET /go/" + c + "/%0d%0aLocation:%20https://evil.com HTTP/1.1\r\n" + host,
		"whole address":        "GET http://evil.com/go/" + c + " HTTP/1.1\r\n" + host,
		"another host":         "GET /go/" + c + " HTTP/1.1\r\nHost: evil.com\r\n",
		"forwarded host":       "GET /go/" + c + " HTTP/1.1\r\n" + host + "X-Forwarded-Host: evil.com\r\nForwarded: host=evil.com\r\nX-Original-URL: /evil\r\nX-Rewrite-URL: //evil.com\r\n",
		"forwarded proto":      "GET /go/" + c + " HTTP/1.1\r\n" + host + "X-Forwarded-Proto: javascript\r\n",
		"referer":              "GET /go/" + c + " HTTP/1.1\r\n" + host + "Referer: https://evil.com/\r\n",
		"agent":                "GET /go/" + c + " HTTP/1.1\r\n" + host + "User-Agent: https://evil.com\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, address, raw+"\r\n")
			location := got.Header.Get("Location")
			if location != "" && !strings.HasPrefix(location, "https://tmdt.example.gov.vn/?") && !strings.HasPrefix(location, "https://guide.example.vn/x?") {
				t.Errorf("%d, leads to %q", got.StatusCode, location)
			}
			if strings.Contains(location, "evil") && !strings.HasPrefix(location, "https://guide.example.vn/x?") || len(got.Header["Location"]) > 1 {
				t.Errorf("Location %q", got.Header["Location"])
			}
			if got.StatusCode >= 500 {
				t.Errorf("status %d", got.StatusCode)
			}
		})
	}
}

// Fiber uses its buffers again: each of many requests at once, over sockets
// that stay open, must find its own data in its click (style.md 5).
func TestGo_clicksKeepTheirOwnData(t *testing.T) {
	k := newKit(t)
	k.clicks.before = func() { // let others be read while this one waits
		for range 50 {
			runtime.Gosched()
		}
	}
	address := k.serve(t)
	codes := map[int64]referral.Code{11: widgetCode, 12: linkCode, 13: qrCode}
	const connections, each = 64, 60
	var all sync.WaitGroup
	for n := range connections {
		all.Add(1)
		go func() {
			defer all.Done()
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			reader := bufio.NewReader(conn)
			for i := range each {
				placement := int64(11 + (n+i)%3)
				mark := fmt.Sprintf("%d-%d-%d", n, i, placement)
				fmt.Fprintf(conn, "GET /go/%s?ref=r%s HTTP/1.1\r\nHost: a\r\nUser-Agent: agent-%s-%s\r\nReferer: https://host-%s.example.vn/x\r\n\r\n",
					codes[placement], mark, mark, strings.Repeat("x", (n*7+i*13)%300), mark)
				response, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Error(err)
					return
				}
				location := response.Header.Get("Location")
				if !strings.Contains(location, string(codes[placement])) || placement != 11 && !strings.Contains(location, "ref=r"+mark) {
					t.Errorf("request %s was sent to %s", mark, location)
				}
			}
		}()
	}
	all.Wait()
	seen := map[string]bool{}
	for _, click := range k.clicks.clicks {
		var n, i int
		var placement int64
		if _, err := fmt.Sscanf(click.UserAgent, "agent-%d-%d-%d-", &n, &i, &placement); err != nil {
			t.Fatalf("User-Agent %q", click.UserAgent)
		}
		mark := fmt.Sprintf("%d-%d-%d", n, i, placement)
		want := fmt.Sprintf("agent-%s-%s", mark, strings.Repeat("x", (n*7+i*13)%300))
		if click.UserAgent != want || click.Referrer != "host-"+mark+".example.vn" || click.Placement != placement {
			t.Errorf("click %s has agent %q, referrer %q, placement %d", mark, click.UserAgent, click.Referrer, click.Placement)
		}
		seen[mark] = true
	}
	if len(seen) != connections*each {
		t.Errorf("%d different clicks of %d", len(seen), connections*each)
	}
}

// TestGate_sameInFrontAndWithin compares the gate in front of the application
// with the gate within it.
func TestGate_sameInFrontAndWithin(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{"/" + string(widgetCode), "/go/" + string(widgetCode), "/go/" + string(widgetCode) + "/guide?c=w&ref=a"} {
		front, within := phoneRequest(path), phoneRequest(path)
		k.app.Server().Handler(front)
		k.app.Handler()(within)
		if front.Response.StatusCode() != http.StatusFound {
			t.Errorf("%s answered %d", path, front.Response.StatusCode())
		}
		if diff := cmp.Diff(front.Response.Header.String(), within.Response.Header.String()); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	k.clicks.mu.Lock()
	defer k.clicks.mu.Unlock()
	for i := 0; i < len(k.clicks.clicks); i += 2 {
		if diff := cmp.Diff(k.clicks.clicks[i], k.clicks.clicks[i+1]); diff != "" {
			t.Error(diff)
		}
	}
}
