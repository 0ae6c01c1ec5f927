package registry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
	"lensan/server/registry"
)

func TestCreatePortal(t *testing.T) {
	w := newWorld(t)
	on := referral.MustDay("2021-07-21")
	p, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("stttt-an-giang"), Name: ptr("  So\u031b\u0309 TT&TT An\u00a0Giang\u200b "), Province: ptr("89"), ProvinceOn: &on,
		Hosts: ptr([]string{" STTTT.AnGiang.gov.vn", "angiang.gov.vn ", "stttt.angiang.gov.vn"}), ContactEmail: ptr(" lan@angiang.gov.vn ")})
	want := referral.Portal{Num: 1, ID: "stttt-an-giang", Name: "Sở TT&TT An Giang", Province: 890, Hosts: []string{"stttt.angiang.gov.vn", "angiang.gov.vn"},
		ContactEmail: "lan@angiang.gov.vn", CreatedAt: w.now.UTC(), UpdatedAt: w.now.UTC()}
	if d := cmp.Diff(want, p); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	if got, err := w.Portal(w.ctx, admin, p.ID); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("read back: %v %s", err, cmp.Diff(want, got))
	}
	// It follows the succession by itself.
	code := w.placement(p.ID, "qr", "guide").Code
	for day, want := range map[string]string{"2021-07-21": "89", "2025-06-30": "89", "2025-07-01": "91"} {
		if got := w.links.Load().Find(code).Portal.Province(referral.MustDay(day)).Code; got != want {
			t.Errorf("on %s it belongs to %s, want %s", day, got, want)
		}
	}
}

func TestCreatePortal_faults(t *testing.T) {
	w := newWorld(t)
	w.portal("taken", "91")
	day := func(s string) *referral.Day { return ptr(referral.MustDay(s)) }
	good := registry.PortalInput{ID: ptr("a"), Name: ptr("A"), Province: ptr("91")}
	for _, c := range []struct {
		name   string
		change func(*registry.PortalInput)
		want   []string
	}{
		{"nothing sent", func(in *registry.PortalInput) { *in = registry.PortalInput{} }, []string{"/province error.required", "/id error.required", "/name error.required"}},
		{"everything wrong", func(in *registry.PortalInput) {
			*in = registry.PortalInput{ID: ptr("Sở"), Name: ptr(" "), Province: ptr("99"), Hosts: ptr([]string{"a.vn", "http://b.vn"}), ContactEmail: ptr("x")}
		}, []string{"/province error.province_unknown", "/id error.id", "/name error.required", "/hosts/1 error.host", "/contact_email error.email"}},
		{"province empty", func(in *registry.PortalInput) { in.Province = ptr("") }, []string{"/province error.required"}},
		{"province ended", func(in *registry.PortalInput) { in.Province = ptr("89") }, []string{"/province error.province_ended"}},
		{"province not yet", func(in *registry.PortalInput) { in.ProvinceOn = day("2000-01-01") }, []string{"/province error.province_unknown"}},
		{"day to come", func(in *registry.PortalInput) { in.ProvinceOn = day("2026-03-02") }, []string{"/province_on error.day_future"}},
		{"control character", func(in *registry.PortalInput) { in.Name = ptr("a\x07b") }, []string{"/name error.text"}},
		{"name not in UTF-8", func(in *registry.PortalInput) { in.Name = ptr("\xff") }, nil}, // shown as �
		{"invisible alone", func(in *registry.PortalInput) { in.Name = ptr("\u200b\ufeff\u00a0") }, []string{"/name error.required"}},
		{"name too long", func(in *registry.PortalInput) { in.Name = ptr(strings.Repeat("a", 201)) }, []string{"/name error.too_long"}},
		{"empty host", func(in *registry.PortalInput) { in.Hosts = ptr([]string{""}) }, []string{"/hosts/0 error.host"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.version()
			in := good
			c.change(&in)
			p, err := w.CreatePortal(w.ctx, admin, in)
			if c.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFaults(t, err, c.want...)
			if d := cmp.Diff(referral.Portal{}, p); d != "" {
				t.Errorf("a portal is returned: %s", d)
			}
			if w.version() != before {
				t.Error("something was written")
			}
		})
	}
}

func TestCreatePortal_endedCodeNamesItsSuccessor(t *testing.T) {
	w := newWorld(t)
	_, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("a"), Name: ptr("A"), Province: ptr("89")})
	var named *referral.Error
	if !errors.As(err, &named) || len(named.Fields) != 1 {
		t.Fatalf("got %v", err)
	}
	want := referral.Args{"code": "89", "name": "An Giang", "until": "30/06/2025", "successor": "91", "successor_name": "An Giang"}
	if d := cmp.Diff(want, named.Fields[0].Args); d != "" {
		t.Error(d)
	}
}

// "The day of the call" is a day in Asia/Ho_Chi_Minh.
func TestCreatePortal_dayOfTheCall(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2025, 6, 30, 16, 59, 59, 0, time.UTC)
	if p := w.portal("before", "89"); p.Province != 890 {
		t.Errorf("province %d", p.Province)
	}
	w.now = w.now.Add(time.Second)
	_, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("after"), Name: ptr("A"), Province: ptr("89")})
	wantFaults(t, err, "/province error.province_ended")
	if p := w.portal("after", "91"); p.Province != 911 {
		t.Errorf("province %d", p.Province)
	}
}

func TestCreatePortal_taken(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	_, err := w.CreatePortal(w.ctx, admin, registry.PortalInput{ID: ptr("a"), Name: ptr("Other"), Province: ptr("01")})
	var named *referral.Error
	if !errors.As(err, &named) || !errors.Is(err, referral.ErrConflict) || len(named.Fields) != 1 || named.Fields[0].Field != "/id" || named.Fields[0].Key != "error.taken" {
		t.Errorf("got %v", err)
	}
	if p, _ := w.Portal(w.ctx, admin, "a"); p.Name != "Cổng a" {
		t.Errorf("the first was changed: %+v", p)
	}
}

func TestUpdatePortal(t *testing.T) {
	w := newWorld(t)
	created := w.portal("a", "91")
	w.now = w.now.Add(time.Hour)
	p, err := w.UpdatePortal(w.ctx, editor, "a", registry.PortalInput{Hosts: ptr([]string{"B.vn"}), ContactEmail: ptr("lan@b.vn"), ID: ptr("a")}, " đổi  máy chủ ")
	want := created
	want.Hosts, want.ContactEmail, want.UpdatedAt = []string{"b.vn"}, "lan@b.vn", w.now.UTC()
	if d := cmp.Diff(want, p); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	list := w.changes("portal", "a")
	if len(list) != 2 {
		t.Fatalf("%d changes", len(list))
	}
	last := list[1]
	if last.Actor != "account:minh" || last.Verb != "update" || last.Reason != "đổi  máy chủ" || !last.Time.Equal(w.now) ||
		string(last.Before) != `{"contact_email":"","hosts":[]}` || string(last.After) != `{"contact_email":"lan@b.vn","hosts":["b.vn"]}` {
		t.Errorf("%+v\n%s\n%s", last, last.Before, last.After)
	}

	p, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Pages: ptr([]string{" /lien-ket#chan ", "HTTP://WWW.B.vn/X", "/lien-ket"})}, "")
	if d := cmp.Diff([]string{"/lien-ket", "http://www.b.vn/X"}, p.Pages); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	_, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Hosts: ptr([]string{"c.vn"})}, "")
	wantFaults(t, err, "/pages/1 error.page_foreign")
	p, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Hosts: ptr([]string{}), Pages: ptr([]string{}), ContactEmail: ptr("")}, "")
	if err != nil || p.Hosts != nil || p.Pages != nil || p.ContactEmail != "" {
		t.Errorf("emptied: %+v, %v", p, err)
	}
	_, err = w.UpdatePortal(w.ctx, admin, "x", registry.PortalInput{Name: ptr("a")}, "")
	wantError(t, err, referral.ErrNotFound, "error.portal_unknown")
	_, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{ID: ptr("b"), Name: ptr(""), ProvinceOn: ptr(referral.MustDay("2021-01-01"))}, strings.Repeat("a", 501))
	wantFaults(t, err, "/id error.fixed", "/province error.required", "/name error.required", "/reason error.too_long")
	_, err = w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Name: ptr("b")}, "a\x00")
	wantFaults(t, err, "/reason error.text")
}

func TestUpdatePortal_provinceInHistory(t *testing.T) {
	w := newWorld(t)
	w.portal("a", "91")
	if _, err := w.UpdatePortal(w.ctx, admin, "a", registry.PortalInput{Province: ptr("91"), ProvinceOn: ptr(referral.MustDay("2025-06-30"))}, "là Kiên Giang"); err != nil {
		t.Fatal(err)
	}
	list := w.changes("portal", "a")
	if got := string(list[len(list)-1].After); got != `{"province_valid_from":"2008-08-01"}` {
		t.Errorf("the code did not change, its holder did: %s", got)
	}
}

func TestUpdatePortal_noOp(t *testing.T) {
	w := newWorld(t)
	p := w.portal("a", "91")
	before := w.version()
	w.now = w.now.Add(time.Hour)
	for name, in := range map[string]registry.PortalInput{
		"nothing":                      {},
		"the same again":               {ID: ptr("a"), Name: ptr(p.Name), Province: ptr("91"), Hosts: ptr([]string{}), ContactEmail: ptr("")},
		"the same in NFD, with spaces": {Name: ptr(" Co\u0302\u0309ng a ")},
	} {
		got, err := w.UpdatePortal(w.ctx, admin, "a", in, "vô ích")
		if d := cmp.Diff(p, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
	if n := len(w.changes("portal", "a")); n != 1 || w.version() != before {
		t.Errorf("%d changes, version %d, was %d", n, w.version(), before)
	}
}

func TestMergePortal(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"stttt", "skhcn", "third"} {
		w.portal(id, "91")
	}
	code := w.placement("stttt", "qr", "guide").Code
	w.now = w.now.Add(time.Hour)
	p, err := w.MergePortal(w.ctx, admin, "stttt", "skhcn", "hợp nhất sở")
	if err != nil || p.MergedInto != "skhcn" || !p.UpdatedAt.Equal(w.now) {
		t.Fatalf("%+v, %v", p, err)
	}
	if link := w.links.Load().Find(code); w.leadsTo(code) != "guide" || link.Portal.ID != "stttt" {
		t.Errorf("the old portal's code leads to %s, portal %s", w.leadsTo(code), link.Portal.ID)
	}
	if got, err := w.Placement(w.ctx, admin, code); err != nil || got.Portal != "stttt" {
		t.Errorf("the placement moved: %+v, %v", got, err)
	}
	if _, err := w.UpdatePlacement(w.ctx, admin, code, registry.PlacementInput{Destination: ptr("hub")}, "đổi"); err != nil {
		t.Errorf("the placement can no longer be changed: %v", err)
	}
	list := w.changes("portal", "stttt")
	if last := list[len(list)-1]; last.Verb != "merge" || last.Reason != "hợp nhất sở" || string(last.Before) != `{"merged_into":""}` || string(last.After) != `{"merged_into":"skhcn"}` {
		t.Errorf("%+v", last)
	}

	before := w.version()
	if _, err := w.MergePortal(w.ctx, admin, "stttt", "skhcn", ""); err != nil || w.version() != before {
		t.Errorf("merging again is no no-op: %v", err)
	}
	_, err = w.MergePortal(w.ctx, admin, "stttt", "third", "")
	wantError(t, err, referral.ErrConflict, "error.portal_merged")
	_, err = w.MergePortal(w.ctx, admin, "skhcn", "stttt", "")
	wantFaults(t, err, "/into error.portal_merged")
	_, err = w.MergePortal(w.ctx, admin, "skhcn", "skhcn", "")
	wantFaults(t, err, "/into error.merge_self")
	_, err = w.MergePortal(w.ctx, admin, "skhcn", "", "")
	wantFaults(t, err, "/into error.required")
	_, err = w.MergePortal(w.ctx, admin, "skhcn", "x", strings.Repeat("a", 501))
	wantFaults(t, err, "/into error.portal_unknown", "/reason error.too_long")
	_, err = w.MergePortal(w.ctx, admin, "x", "skhcn", "")
	wantError(t, err, referral.ErrNotFound, "error.portal_unknown")
	_, err = w.CreatePlacement(w.ctx, admin, registry.PlacementInput{Portal: ptr("stttt"), Kind: ptr("qr"), Destination: ptr("hub")})
	wantFaults(t, err, "/portal error.portal_merged")

	// A portal that others became part of can itself become part of another.
	if _, err := w.MergePortal(w.ctx, admin, "skhcn", "third", ""); err != nil {
		t.Error(err)
	}
}
