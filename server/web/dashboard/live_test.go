package dashboard

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

// serve makes the house answer on a real port, which a stream needs.
func (h *house) serve() (base string, stop func()) {
	h.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(h.t, err)
	done := make(chan error, 1)
	go func() { done <- h.app.Listener(l) }()
	return "http://" + l.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), liveTime)
		defer cancel()
		ok(h.t, h.app.ShutdownWithContext(ctx))
		ok(h.t, <-done)
	}
}

// listen opens the feed of a page and returns its messages.
func (b *browser) listen(address string) <-chan string {
	b.h.t.Helper()
	r, err := http.NewRequestWithContext(b.h.t.Context(), "GET", address, nil)
	ok(b.h.t, err)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r.Header.Set("Accept-Encoding", "gzip, br")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(r)
	ok(b.h.t, err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Content-Encoding") != "" {
		b.h.t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	out := make(chan string, 16)
	go func() {
		defer close(out)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				out <- data
			}
		}
	}()
	return out
}

func next(t *testing.T, feed <-chan string) string {
	t.Helper()
	select {
	case s := <-feed:
		return s
	case <-time.After(liveTime):
		t.Fatal("nothing came")
	}
	return ""
}

func TestToday_moves(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	p := h.portal("so-an-giang", "91")
	today := referral.DayOf(testNow)
	seq := h.clicksAt(0, p, today, 8, 911, referral.ChannelWidget, "zalo", 1233)
	base, stop := h.serve()
	country := h.signedIn(referral.RoleViewer, 0).listen(base + Root + "/hom-nay")
	province := h.signedIn(referral.RoleProvince, 890).listen(base + Root + "/hom-nay")
	if got := next(t, country); got != `{"arrivals":1233,"text":"1.233"}` {
		t.Error(got)
	}
	next(t, province)
	seq = h.clicksAt(seq, p, today, 9, 10, referral.ChannelWidget, "zalo", 7)
	if got := next(t, country); got != `{"arrivals":1240,"text":"1.240"}` {
		t.Error(got)
	}
	h.clicksAt(seq, p, today, 9, 911, referral.ChannelWidget, "zalo", 1)
	if got := next(t, province); got != `{"arrivals":1234,"text":"1.234"}` {
		t.Errorf("the province is told %s", got)
	}
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > liveTime/2 {
		t.Errorf("stopping took %s", took)
	}
	for range country {
	}
	for range province {
	}
}

// A feed of a server that stops does not wait for its next question.
func TestToday_endsWithTheServer(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	stopping := make(chan struct{})
	close(stopping)
	f := feed{d: h.dashboard, lang: "vi", stopping: stopping, number: func(int64) string { return "5" }}
	h.dashboard.feeds.Add(1)
	var sent bytes.Buffer
	f.run(bufio.NewWriter(&sent), 5)
	if got := sent.String(); got != "retry: 3000\ndata: {\"arrivals\":5,\"text\":\"5\"}\n\n" || h.dashboard.feeds.Load() != 0 {
		t.Errorf("%q, %d feeds", got, h.dashboard.feeds.Load())
	}
}

func TestToday_needsASession(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	if res := h.browser().get(Root + "/hom-nay"); res.StatusCode != 303 || res.Header.Get("Content-Type") == "text/event-stream" {
		t.Errorf("without a session: %d", res.StatusCode)
	}
}
