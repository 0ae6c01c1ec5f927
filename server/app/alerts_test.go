package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/coverage"
	"lensan/server/health"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/text"
)

// postOffice is a real SMTP server that takes everything.
type postOffice struct {
	mu   sync.Mutex
	took map[string]*mail.Message // the latest of each recipient
	n    int
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{office: p}, nil }

type delivery struct {
	office *postOffice
	to     string
}

func (*delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	d.office.mu.Lock()
	defer d.office.mu.Unlock()
	d.office.took[d.to] = m
	d.office.n++
	return err
}

func (*delivery) Reset()        {}
func (*delivery) Logout() error { return nil }

// From what is wrong to who has to know: a dead destination, a lost click and a
// portal that fell silent, by mail and by webhook, once.
func TestAlerts_reachPeople(t *testing.T) {
	office := &postOffice{took: map[string]*mail.Message{}}
	server := smtp.NewServer(office)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	var hooks []string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Webhook-Signature") == outbox.Sign([]byte("a secret of sixteen"), r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), body) {
			hooks = append(hooks, string(body))
		}
	}))
	t.Cleanup(hook.Close)
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, referral.Zone)
	ctx := t.Context()
	a, err := New(ctx, config.Config{Data: t.TempDir(), BaseURL: "http://localhost:8080", CommitWait: time.Minute, SilenceDays: 21, ProbeAllow: "127.0.0.1",
		SMTPURL: "smtp://" + listener.Addr().String(), MailFrom: "Lên Sàn <len-san@example.vn>", AlertWebhook: hook.URL, AlertSecret: "a secret of sixteen"},
		Options{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	fatal(t, err)
	t.Cleanup(func() { a.Close() })
	text := func(s string) *string { return &s }
	p, err := a.registry.CreatePortal(ctx, root, registry.PortalInput{ID: text("so-an-giang"), Name: text("Sở An Giang"), Province: text("91"), Hosts: &[]string{"so.angiang.example"}, ContactEmail: text("bbt@so.angiang.example")})
	fatal(t, err)
	placed, err := a.registry.CreatePlacement(ctx, root, registry.PlacementInput{Portal: &p.ID, Kind: text("widget"), Destination: text("support_portal")})
	fatal(t, err)
	_, err = a.mailing.Subscribe(ctx, root, mailing.Subscription{Kind: mailing.Alerts, Email: "truc.ban@example.vn", Lang: "vi"})
	fatal(t, err)
	round := func() {
		t.Helper()
		fatal(t, a.coverage.Refresh(ctx))
		fatal(t, a.alerts.Tick(ctx))
		fatal(t, a.outbox.Tick(ctx))
	}
	round()
	if office.n != 0 || len(hooks) != 0 {
		t.Fatalf("%d mails, %d hooks while all is well", office.n, len(hooks))
	}

	today := referral.DayOf(now)
	fatal(t, a.store.AddQuality(ctx, today, 3, 0))
	fatal(t, a.store.SaveHealth(ctx, health.Status{Destination: "postmart", URL: "https://postmart.vn", State: health.Dead, ChangedAt: now.Add(-time.Hour), CheckedAt: now}, nil, nil))
	fatal(t, a.health.Load(ctx))
	fatal(t, a.store.SaveCoverage(ctx, map[int64]coverage.Record{p.Num: {FirstSeen: today - 90, LastSeen: today - 25, LastFound: referral.NoDay}}))
	round()
	staff := office.took["truc.ban@example.vn"]
	if office.n != 2 || staff == nil || len(hooks) != 1 {
		t.Fatalf("%d mails to %v, %d hooks", office.n, office.took, len(hooks))
	}
	body := decode(t, staff)
	for _, want := range []string{"3 lượt bấm bị mất ngày 24/11/2026", "Đích đến không hoạt động: Đăng ký bán hàng trên Postmart", "Cổng không còn hiện liên kết: Sở An Giang", "Từ 00:00 30/10/2026", "http://localhost:8080/thong-ke/canh-bao"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail does not say %q:\n%s", want, body)
		}
	}
	var hooked webhookBody
	fatal(t, json.Unmarshal([]byte(hooks[0]), &hooked))
	if hooked.Type != "alerts" || len(hooked.Open) != 3 || hooked.Open[0].Kind != "lost" || len(hooked.Over) != 0 {
		t.Errorf("%s", hooks[0])
	}
	note := decode(t, office.took["bbt@so.angiang.example"])
	if !strings.Contains(note, "Kính gửi ban biên tập Sở An Giang") || !strings.Contains(note, "Từ ngày 30/10/2026") || !strings.Contains(note, "/nhung/"+string(placed.Code)) {
		t.Errorf("the note says:\n%s", note)
	}

	for range 40 {
		now = now.Add(30 * time.Second)
		round()
	}
	if office.n != 2 || len(hooks) != 1 {
		t.Errorf("%d mails, %d hooks after twenty minutes of the same", office.n, len(hooks))
	}
	fatal(t, a.store.SaveHealth(ctx, health.Status{Destination: "postmart", URL: "https://postmart.vn", State: health.Alive, ChangedAt: now, CheckedAt: now}, nil, nil))
	fatal(t, a.health.Load(ctx))
	for range 40 {
		now = now.Add(30 * time.Second)
		round()
	}
	if body := decode(t, office.took["truc.ban@example.vn"]); office.n != 3 || len(hooks) != 2 || !strings.Contains(body, "○ Đích đến không hoạt động") || strings.Contains(body, "●") {
		t.Errorf("%d mails, %d hooks when it is over:\n%s", office.n, len(hooks), body)
	}
}

// decode returns the text of a message.
func decode(t *testing.T, m *mail.Message) string {
	t.Helper()
	raw, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	fatal(t, err)
	return string(raw)
}

// forgetful is a store that cannot tell of days before today.
type forgetful struct {
	*store.Store
	today referral.Day
	fails bool
}

func (s *forgetful) Cells(ctx context.Context, p stats.Part) ([]stats.Cell, error) {
	if s.fails && p.From < int64(s.today) {
		return nil, referral.ErrUnavailable
	}
	return s.Store.Cells(ctx, p)
}

// A look that failed half way is made again at once: it has not seen that
// nothing is there.
func TestJumps_looksAgain(t *testing.T) {
	texts, err := text.Load(assets.Files)
	fatal(t, err)
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, referral.Zone)
	a, err := New(t.Context(), config.Config{Data: t.TempDir(), BaseURL: "http://localhost:8080", CommitWait: time.Minute},
		Options{Texts: texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	fatal(t, err)
	t.Cleanup(func() { a.Close() })
	code := settle(t, a, "https://chomoi.example.vn")
	link, found := a.links.Load().Find(referral.Code(code)), 0
	for n := range uint64(jumpLeast) {
		a.clicks.Record(&referral.Click{Milli: now.UnixMilli(), Placement: link.Num, Portal: link.Portal.Num, Province: 911, Destination: link.Destination.Num, Channel: referral.ChannelWidget, Visitor: n,
			UserAgent: "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"})
	}
	apply(t, a)
	s := &forgetful{Store: a.store, today: referral.DayOf(now)}
	a.stats = stats.New(s, a.registry.Provinces(), a.journals.status, a.now)
	j := jumps{app: a}
	for _, fails := range []bool{false, true, false} {
		s.fails = fails
		signs, err := j.see(t.Context())
		if (err != nil) != fails {
			t.Errorf("%v, want a failure: %v", err, fails)
		}
		found += len(signs)
		if now = now.Add(10 * time.Second); !fails {
			now = now.Add(jumpEvery)
		}
	}
	if found != 2 {
		t.Errorf("%d signs in two looks that worked, want 2", found)
	}
}
