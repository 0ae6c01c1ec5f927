package outbox

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lensan/server/probe"
	"lensan/server/testkit"
)

// The example of the specification, github.com/standard-webhooks/standard-webhooks.
func TestSign_asSpecified(t *testing.T) {
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	if got := Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`)); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s", got)
	}
}

func TestWebhook(t *testing.T) {
	var status int
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		if status == 302 {
			http.Redirect(w, r, "/elsewhere", status)
			return
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	p := probe.New(probe.Options{Contact: "http://localhost", Allow: func(netip.AddrPort) bool { return true }, HostPause: time.Millisecond})
	w := NewWebhook(p, "a secret of sixteen", func() time.Time { return time.Unix(1800000000, 0) })
	m := Message{Num: 7, To: server.URL + "/hook?key=1", Body: `{"type":"alerts"}`}
	for _, status = range []int{200, 204, 302, 400, 410, 500} {
		handed := false
		err := w.Send(t.Context(), m, func() error { handed = true; return nil })
		if (err == nil) != (status < 300) || !handed || errors.Is(err, ErrRefused) || errors.Is(err, ErrUnclear) {
			t.Errorf("%d: %v", status, err)
		}
		if got.URL.Path != "/hook" || got.Method != "POST" || string(body) != m.Body || got.Header.Get("Webhook-Id") != "msg_7" || got.Header.Get("Content-Type") != "application/json" ||
			got.Header.Get("Webhook-Signature") != Sign([]byte("a secret of sixteen"), "msg_7", "1800000000", body) {
			t.Errorf("%d: %s %s %v %s", status, got.Method, got.URL, got.Header, body)
		}
	}
	m.To = "http://" + testkit.FreeAddress(t) + "/hook?key=1"
	if err := w.Send(t.Context(), m, func() error { return nil }); err == nil || strings.Contains(err.Error(), "key=1") {
		t.Errorf("no server: %v", err)
	}
	closed := NewWebhook(probe.New(probe.Options{Contact: "http://localhost"}), "x", time.Now)
	if err := closed.Send(context.Background(), m, func() error { return nil }); err == nil {
		t.Error("a private address is reached")
	}
}
