package coverage_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"lensan/server/access"
	"lensan/server/coverage"
	"lensan/server/referral"
	"lensan/server/registry"
)

var editor = referral.Actor{Kind: "account", ID: "lan", Role: referral.RoleEditor}

func TestLookNow(t *testing.T) {
	c := newCountry(t, patience)
	p := c.portal("so", "91", "127.7.2.1")
	c.portal("old", "91", "127.7.2.2")
	_, err := c.registry.MergePortal(t.Context(), admin, "old", "so", "Hợp nhất")
	must(t, err)
	_, err = c.registry.CreatePortal(t.Context(), admin, registry.PortalInput{ID: ptr("bare"), Name: ptr("Cổng chưa có tên miền"), Province: ptr("91")})
	must(t, err)
	c.show("127.7.2.1", text("<p>chưa có gì</p>"))
	if got := c.states()["so"]; got != coverage.Never {
		t.Fatal(got)
	}
	c.show("127.7.2.1", text(badge(p.Code)))
	look := func(a referral.Actor, id string) (coverage.Row, error) { return c.coverage.LookNow(t.Context(), a, id) }
	for name, row := range map[string]struct {
		who  referral.Actor
		id   string
		want error
	}{
		"within a minute of the last": {editor, "so", referral.ErrConflict},
		"one that was merged":         {editor, "old", referral.ErrNotFound},
		"one that is not there":       {editor, "none", referral.ErrNotFound},
		"one without hosts":           {editor, "bare", referral.ErrConflict},
		"as a viewer":                 {referral.Actor{Role: referral.RoleViewer}, "so", referral.ErrForbidden},
		"as its province":             {referral.Actor{Role: referral.RoleProvince, Province: 911}, "so", referral.ErrForbidden},
		"as a marketplace":            {referral.Actor{Role: referral.RoleMarketplace}, "so", referral.ErrForbidden},
	} {
		asked := c.asked.Load()
		if _, err := look(row.who, row.id); !errors.Is(err, row.want) || c.asked.Load() != asked {
			t.Errorf("%s: %v, %d requests", name, err, c.asked.Load()-asked)
		}
	}
	c.pass(time.Minute)
	row, err := look(editor, "so")
	if err != nil || row.State != coverage.Unseen || !row.CheckedAt.Equal(c.now()) {
		t.Fatalf("%s at %s, %v", row.State, row.CheckedAt, err)
	}
	if _, err := look(admin, "so"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("again at once: %v", err)
	}
	changes, _, err := c.store.Log(t.Context(), access.Query{Entity: "coverage", Limit: 10})
	must(t, err)
	if len(changes) != 1 || changes[0].Key != "so" || changes[0].Actor != "account:lan" || changes[0].Verb != "look" || string(changes[0].Before) != `{"coverage":"never"}` || string(changes[0].After) != `{"coverage":"found_not_seen"}` {
		t.Errorf("%+v", changes)
	}
	c.coverage = coverage.New(c.store, c.registry.Provinces(), nil, coverage.Options{Base: base, Now: c.now})
	if _, err := look(admin, "so"); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("where no pages are read: %v", err)
	}
}

// What was begun is kept, though whoever asked has left; a round that runs
// meanwhile is not waited for; and of many who ask together few are served.
func TestLookNow_besideOthers(t *testing.T) {
	c := newCountry(t, patience)
	begun, open := make(chan struct{}, 20), make(chan struct{})
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		host := "127.7.3." + string(rune('1'+id[0]-'a'))
		p := c.portal(id, "91", host)
		c.show(host, func(w http.ResponseWriter, r *http.Request) {
			begun <- struct{}{}
			<-open
			io.WriteString(w, badge(p.Code))
		})
	}
	ctx, leave := context.WithCancel(t.Context())
	var jobs sync.WaitGroup
	answers := make(chan error, 20)
	for _, id := range []string{"a", "b", "c", "d"} {
		jobs.Go(func() { _, err := c.coverage.LookNow(ctx, editor, id); answers <- err })
	}
	for range 4 {
		<-begun
	}
	if _, err := c.coverage.LookNow(t.Context(), editor, "e"); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("a fifth: %v", err)
	}
	jobs.Go(func() { answers <- c.coverage.Tick(t.Context()) })
	for range 2 {
		<-begun // e and f: at the others' hosts it is not the round's turn
	}
	leave()
	close(open)
	jobs.Wait()
	close(answers)
	for err := range answers {
		must(t, err)
	}
	for id, state := range c.states() {
		if state != coverage.Unseen {
			t.Errorf("%s: %s", id, state)
		}
	}
}
