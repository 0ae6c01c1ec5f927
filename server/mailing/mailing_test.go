package mailing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/report"
	"lensan/server/text"
)

// desk stands for the rooms around: what is subscribed, made and put away.
type desk struct {
	list []mailing.Subscription
	put  []outbox.Message
	off  bool
	fail error
}

func (d *desk) Subscriptions(context.Context, string) ([]mailing.Subscription, error) {
	return d.list, nil
}

func (d *desk) InsertSubscription(_ context.Context, s *mailing.Subscription, _ referral.Change) error {
	s.Num = int64(len(d.list)) + 1
	d.list = append(d.list, *s)
	return nil
}

func (d *desk) EndSubscription(_ context.Context, num int64, _ time.Time, _ referral.Change) error {
	d.list = slices.DeleteFunc(d.list, func(s mailing.Subscription) bool { return s.Num == num })
	return nil
}

func (d *desk) Write(_ context.Context, w io.Writer, o report.Options) error {
	province := "-"
	if o.Province != nil {
		province = o.Province.Slug
	}
	fmt.Fprint(w, o.Month, " ", province, " ", o.Language.Code)
	return d.fail
}

func (d *desk) WriteTable(ctx context.Context, w io.Writer, o report.Options) error {
	return d.Write(ctx, w, o)
}

func (d *desk) Can(string) bool { return !d.off }

func (d *desk) Has(_ context.Context, key string) (bool, error) {
	return slices.ContainsFunc(d.put, func(m outbox.Message) bool { return m.Key == key }), nil
}

func (d *desk) Put(_ context.Context, list ...outbox.Message) (int, error) {
	d.put = append(d.put, list...)
	return len(list), nil
}

var editor = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleEditor}

func start(t *testing.T, now *time.Time) (*mailing.Mailing, *desk) {
	t.Helper()
	read := func(name string) string {
		raw, err := assets.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	provinces, err := referral.ReadProvinces(read("data/provinces_63.csv"), read("data/provinces_34.csv"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{}
	return &mailing.Mailing{Store: d, Reports: d, Outbox: d, Provinces: provinces, Texts: texts, Base: "https://lensan.example.vn", Now: func() time.Time { return *now }}, d
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, referral.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// Each report is put out once, from seven in the morning of its day on.
func TestTick_onceAMonth(t *testing.T) {
	now := at("2026-11-20 10:00")
	m, d := start(t, &now)
	for _, s := range []mailing.Subscription{{Kind: mailing.Reports, Email: "bo@mae.gov.vn", Lang: "en", Day: 3}, {Kind: mailing.Reports, Email: "vp@angiang.gov.vn", Province: 911, Lang: "vi", Day: 28}} {
		if _, err := m.Subscribe(t.Context(), editor, s); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	for ; now.Before(at("2027-02-04 00:00")); now = now.Add(time.Hour) {
		before := len(d.put)
		if err := m.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range d.put[before:] {
			seen = append(seen, now.Format("2006-01-02 15:04 ")+string(p.Files[0].Content))
		}
	}
	want := []string{"2026-11-28 07:00 2026-10-01 an-giang vi", "2026-12-03 07:00 2026-11-01 - en", "2026-12-28 07:00 2026-11-01 an-giang vi",
		"2027-01-03 07:00 2026-12-01 - en", "2027-01-28 07:00 2026-12-01 an-giang vi", "2027-02-03 07:00 2027-01-01 - en"}
	if !slices.Equal(seen, want) {
		t.Errorf("put out:\n%s\nwant:\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
	first := d.put[0]
	if first.To != "vp@angiang.gov.vn" || first.Subject != "Báo cáo tháng 10/2026: An Giang" || first.Files[0].Name != "lensan-2026-10-an-giang.pdf" || first.Files[1].Name != "lensan-2026-10-an-giang.xlsx" ||
		!strings.Contains(first.Body, "https://lensan.example.vn/thong-ke/bao-cao?month=2026-10&province=91") || strings.ContainsAny(first.Body+first.Subject, "{}[]") {
		t.Errorf("%+v", first)
	}
	if second := d.put[1]; second.Subject != "Report of 11/2026: The whole country" && !strings.HasPrefix(second.Subject, "Report of 11/2026: ") {
		t.Errorf("%q", second.Subject)
	}
}

func TestTick_withoutServer(t *testing.T) {
	now := at("2026-11-01 10:00")
	m, d := start(t, &now)
	d.list = []mailing.Subscription{{Num: 1, Email: "a@b.vn", Lang: "vi", Day: 3, CreatedAt: now}}
	now, d.off = at("2026-11-03 08:00"), true
	if err := m.Tick(t.Context()); err != nil || len(d.put) > 0 {
		t.Errorf("%d put out, %v", len(d.put), err)
	}
	d.off, d.fail = false, errors.New("database is away")
	if err := m.Tick(t.Context()); err == nil || len(d.put) > 0 {
		t.Errorf("%d put out, %v", len(d.put), err)
	}
	d.fail = nil
	now = at("2026-11-20 08:00") // late, but not lost
	if err := m.Tick(t.Context()); err != nil || len(d.put) != 1 {
		t.Errorf("%d put out, %v", len(d.put), err)
	}
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		now, due, month string
		day             int
	}{
		{"2026-11-02 23:59", "2026-11-03 07:00", "2026-10-01", 3},
		{"2026-11-03 07:00", "2026-12-03 07:00", "2026-11-01", 3},
		{"2026-12-28 08:00", "2027-01-28 07:00", "2026-12-01", 28},
		{"2027-01-01 00:00", "2027-01-01 07:00", "2026-12-01", 1},
	} {
		s := mailing.Subscription{Day: c.day}
		if due, month := s.Due(at(c.now)); !due.Equal(at(c.due)) || month != referral.MustDay(c.month) {
			t.Errorf("%s: %s of %s", c.now, due, month)
		}
	}
}

func TestMailing_rights(t *testing.T) {
	now := at("2026-11-20 10:00")
	m, d := start(t, &now)
	for _, role := range []referral.Role{referral.RoleViewer, referral.RoleProvince, referral.RoleMarketplace} {
		a := referral.Actor{Kind: "account", ID: "x", Role: role, Province: 911}
		_, err := m.Subscribe(t.Context(), a, mailing.Subscription{Kind: mailing.Reports, Email: "a@b.vn", Lang: "vi", Day: 3})
		_, listErr := m.Subscriptions(t.Context(), a, mailing.Reports)
		for _, err := range []error{err, listErr, m.Unsubscribe(t.Context(), a, 1), m.SendNow(t.Context(), a, 1, referral.MustDay("2026-10-01"))} {
			if !errors.Is(err, referral.ErrForbidden) {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
	var e *referral.Error
	if _, err := m.Subscribe(t.Context(), editor, mailing.Subscription{Kind: mailing.Reports, Email: "Lan <a@b.vn>", Province: 12345, Lang: "fr", Day: 31}); !errors.As(err, &e) || len(e.Fields) != 4 {
		t.Errorf("%v", err)
	}
	if len(d.list) > 0 {
		t.Errorf("%v was kept", d.list)
	}
	if err := m.SendNow(t.Context(), editor, 7, referral.MustDay("2026-10-01")); !errors.Is(err, referral.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
