package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lensan/server/app"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/testkit"
)

// A press is a data folder with a portal, two placements and a print batch.
type press struct {
	t      *testing.T
	dir    string
	config config.Config
	codes  []string // of placements without a batch
	places []string // of the batch "dot-1": two copies, then one
}

func newPress(t *testing.T) *press {
	t.Helper()
	p := &press{t: t, dir: t.TempDir()}
	p.config.Data = filepath.Join(p.dir, "data")
	p.file("portals.csv", "id,name,province\ncong-an-giang,Cổng thông tin điện tử tỉnh An Giang,91\n")
	p.file("placements.csv", "portal,kind,destination,label\ncong-an-giang,qr,hub,Chợ Long Xuyên\ncong-an-giang,qr,hub,Bến phà Vàm Cống\n")
	if err := os.Mkdir(p.config.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	p.want(exitDone, "import", "portals", p.path("portals.csv"))
	out := p.want(exitDone, "import", "placements", p.path("placements.csv"))
	p.codes = regexp.MustCompile(`(?m)^[2-9A-Z]{6}\b`).FindAllString(out, -1)
	if len(p.codes) != 2 {
		t.Fatalf("codes in %q", out)
	}
	p.batch(func(ctx context.Context, r *registry.Registry, by referral.Actor) error {
		id, name, portal := "dot-1", "Đợt 1", "cong-an-giang"
		if _, err := r.CreateBatch(ctx, by, registry.BatchInput{ID: &id, Name: &name, Portal: &portal}); err != nil {
			return err
		}
		made, err := r.ImportPlaces(ctx, by, id, strings.NewReader("label,commune,copies\nNhà văn hoá ấp 3,xã Vĩnh Hậu,2\nTrạm khuyến nông,xã Châu Phú,1\n"), false)
		for _, place := range made {
			p.places = append(p.places, string(place.Code))
		}
		return err
	})
	return p
}

func (p *press) path(name string) string { return filepath.Join(p.dir, name) }

func (p *press) file(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *press) batch(fn func(context.Context, *registry.Registry, referral.Actor) error) {
	p.t.Helper()
	r, closeStore, err := app.OpenRegistry(context.Background(), p.config)
	if err != nil {
		p.t.Fatal(err)
	}
	defer closeStore()
	if err := fn(context.Background(), r, referral.Actor{Kind: "account", ID: "an", Role: referral.RoleEditor}); err != nil {
		p.t.Fatal(err)
	}
}

// want runs a command in Vietnamese and returns what it said.
func (p *press) want(status int, args ...string) string {
	p.t.Helper()
	var out bytes.Buffer
	args = append([]string{"--data", p.config.Data, "--base-url", "https://lensan.gov.vn"}, args...)
	if got := run(context.Background(), args, func(string) string { return "" }, &out, &out); got != status {
		p.t.Fatalf("%v: status %d, want %d: %s", args, got, status, out.String())
	}
	return out.String()
}

// pages returns what each page of a PDF says.
func (p *press) pages(path string) []string {
	p.t.Helper()
	out, err := exec.Command("pdftotext", path, "-").CombinedOutput()
	if err != nil {
		p.t.Fatalf("pdftotext: %v: %s", err, out)
	}
	var pages []string
	for _, page := range strings.Split(strings.TrimSuffix(string(out), "\f"), "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), " "))
	}
	return pages
}

func TestPosters_codes(t *testing.T) {
	if !testkit.Has(t, "pdftotext") {
		return
	}
	p := newPress(t)
	out := p.path("out.pdf")
	said := p.want(exitDone, "posters", p.codes[0], strings.ToLower(p.codes[1]), "--copies", "10", "--out", out)
	if !strings.Contains(said, "Đã ghi 20 bản") || !strings.Contains(said, "10/20") {
		t.Errorf("says %s", said)
	}
	pages := p.pages(out)
	if len(pages) != 20 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, want := range []string{"Tỉnh An Giang", "Cổng thông tin điện tử tỉnh An Giang", "Nơi đặt: Chợ Long Xuyên", "lensan.gov.vn/" + p.codes[0], "lensan.gov.vn/kiem-tra/" + p.codes[0]} {
		if !strings.Contains(pages[1], want) {
			t.Errorf("second page does not say %q: %s", want, pages[1])
		}
	}
	if strings.Contains(pages[0], "Số ") || strings.Contains(pages[0], "NHÁP") {
		t.Errorf("numbered or a draft without a batch: %s", pages[0])
	}
}

func TestPosters_batch(t *testing.T) {
	if !testkit.Has(t, "pdftotext") {
		return
	}
	p := newPress(t)
	draft, done, archive := p.path("draft.pdf"), p.path("done.pdf"), p.path("done.zip")
	p.want(exitDone, "posters", "--batch", "dot-1", "--out", draft)
	for _, page := range p.pages(draft) {
		if !strings.Contains(page, "BẢN NHÁP") {
			t.Errorf("a draft does not say so: %s", page)
		}
	}
	var serials []string
	p.batch(func(ctx context.Context, r *registry.Registry, _ referral.Actor) error {
		b, err := r.ApproveBatch(ctx, referral.Actor{Kind: "account", ID: "binh", Role: referral.RoleAdmin}, "dot-1")
		for s := b.Serials.From; s <= b.Serials.To; s++ {
			serials = append(serials, s.String())
		}
		return err
	})
	p.want(exitDone, "posters", "--batch", "dot-1", "--out", done)
	pages := p.pages(done)
	if len(pages) != 3 || len(serials) != 3 {
		t.Fatalf("%d pages, serial numbers %v", len(pages), serials)
	}
	for i, place := range []string{"Nhà văn hoá ấp 3, xã Vĩnh Hậu", "Nhà văn hoá ấp 3, xã Vĩnh Hậu", "Trạm khuyến nông, xã Châu Phú"} {
		if !strings.Contains(pages[i], place) || !strings.Contains(pages[i], "Số "+serials[i]) || strings.Contains(pages[i], "NHÁP") {
			t.Errorf("page %d does not say %s and %s: %s", i+1, place, serials[i], pages[i])
		}
	}
	p.want(exitDone, "posters", "--batch", "dot-1", "--out", archive, "--paper", "stickers", "--bleed")
	p.want(exitDone, "posters", p.places[0], "--out", done, "--force")
	if pages := p.pages(done); len(pages) != 2 || !strings.Contains(pages[1], "Số "+serials[1]) {
		t.Errorf("a code of a batch: %q", pages)
	}
	if said := p.want(exitFailed, "posters", p.places[1], "--copies", "2", "--out", p.path("more.pdf")); !strings.Contains(said, "chỉ có 1 số") {
		t.Errorf("says %s", said)
	}
}

// Whatever is wrong, it is named, and no file is left behind or changed.
func TestPosters_refuses(t *testing.T) {
	p := newPress(t)
	p.file("there.pdf", "mine")
	code := p.codes[0]
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{code, "K7Q2P9", "--out", p.path("x.pdf")}, []string{"K7Q2P9"}},
		{[]string{code, "234567", "23456A", "--out", p.path("x.pdf")}, []string{"234567"}},
		{[]string{"--out", p.path("x.pdf")}, []string{"--batch"}},
		{[]string{code, "--batch", "dot-1", "--out", p.path("x.pdf")}, []string{"--batch"}},
		{[]string{"--batch", "dot-9", "--out", p.path("x.pdf")}, []string{"dot-9"}},
		{[]string{code, "--copies", "0x", "--out", p.path("x.pdf")}, []string{"--copies"}},
		{[]string{code, "--copies", "10001", "--out", p.path("x.pdf")}, []string{"--copies", "10000"}},
		{[]string{code, "--out", p.path("x.doc")}, []string{".pdf", ".zip"}},
		{[]string{code, "--out", p.path("there.pdf")}, []string{"there.pdf", "--force"}},
		{[]string{code, "--out", p.path("nowhere/x.pdf")}, []string{"nowhere"}},
	} {
		var out bytes.Buffer
		args := append([]string{"--data", p.config.Data, "--base-url", "https://lensan.gov.vn", "posters"}, c.args...)
		if status := run(context.Background(), args, func(string) string { return "" }, &out, &out); status == exitDone {
			t.Errorf("%v: done", c.args)
		}
		for _, want := range c.says {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v does not say %q: %s", c.args, want, out.String())
			}
		}
	}
	if raw, err := os.ReadFile(p.path("there.pdf")); err != nil || string(raw) != "mine" {
		t.Errorf("the file that was there: %q, %v", raw, err)
	}
	left, err := filepath.Glob(p.path("*"))
	if err != nil || len(left) != 4 { // data, two tables, there.pdf
		t.Errorf("left behind: %v, %v", left, err)
	}
	hidden, err := filepath.Glob(p.path(".lensan-*"))
	if err != nil || len(hidden) > 0 {
		t.Errorf("left behind: %v, %v", hidden, err)
	}
}

// A run that is stopped leaves no file.
func TestPosters_stopped(t *testing.T) {
	p := newPress(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	args := []string{"--data", p.config.Data, "posters", p.codes[0], "--copies", "10000", "--out", p.path("x.pdf")}
	if status := run(ctx, args, func(string) string { return "" }, &out, &out); status != exitFailed {
		t.Fatalf("status %d: %s", status, out.String())
	}
	if left, _ := filepath.Glob(p.path("*.pdf")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
