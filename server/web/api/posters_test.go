package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"lensan/server/web/api"
)

func TestPosters(t *testing.T) {
	k := newKit(t)
	k.portals()
	code := k.batch("dot-1")
	draft := k.get("own", "/print-batches/dot-1/posters.pdf").want(200)
	if draft.header.Get("Content-Type") != "application/pdf" || draft.header.Get("Content-Disposition") != `attachment; filename="dot-1.pdf"` {
		t.Error(draft.header)
	}
	if !strings.HasPrefix(draft.body, "%PDF-") || !strings.HasSuffix(draft.body, "%%EOF\n") || strings.Count(draft.body, "/Type/Page/") != 2 {
		t.Errorf("%d bytes, not a document of two pages", len(draft.body))
	}
	k.post("admin2", "/print-batches/dot-1/approve", "").want(200)
	archive := k.get("viewer", "/print-batches/dot-1/posters.zip?paper=stickers&bleed=true").want(200)
	files, err := zip.NewReader(strings.NewReader(archive.body), int64(len(archive.body)))
	if err != nil || len(files.File) != 1 || files.File[0].Name != code+"-cho.pdf" {
		t.Errorf("%v, %v", files, err)
	}
	one := k.get("own", "/placements/"+strings.ToLower(code)+"/poster.pdf?paper=A5").want(200)
	if strings.Count(one.body, "/Type/Page/") != 2 || !strings.Contains(one.body, "/TrimBox[0.000 0.000 419.528 595.276]") {
		t.Errorf("a code of a batch with two copies on A5: %.200s", one.body)
	}
	plain := k.placement("stttt-an-giang", "qr", "hub")
	if p := k.get("own", "/placements/"+plain+"/poster.pdf").want(200); strings.Count(p.body, "/Type/Page/") != 1 {
		t.Error("a code without a batch is not one page")
	}

	k.get("own", "/print-batches/dot-9/posters.pdf").want(404)
	if a := k.get("own", "/print-batches/dot-1/posters.pdf?paper=A9&bleed=yes&side=2").want(422); a.faults() != "/paper one_of, /bleed one_of, /side query_unknown" {
		t.Error(a.faults())
	}
	k.post("editor", "/print-batches", `{"id":"empty","name":"x","portal":"stttt-an-giang"}`).want(201)
	k.get("own", "/print-batches/empty/posters.pdf").want(422)
	k.post("editor", "/print-batches", `{"id":"odd","name":"x","portal":"stttt-an-giang"}`).want(201)
	k.csv("editor", "/print-batches/odd/places:import", "label\nChợ\nChợ 🌾\n").want(201)
	if a := k.get("own", "/print-batches/odd/posters.pdf").want(422); a.faults() != "/place poster_glyph" {
		t.Error(a.body)
	}
	k.patch("own", "/placements/"+plain, `{"state":"retired","reason":"x"}`).want(200)
	k.get("own", "/placements/"+plain+"/poster.pdf").want(409)
}

// Over a real connection the first bytes come long before the last, and a
// reader who goes away ends the work.
func TestPosters_areStreamed(t *testing.T) {
	k := newKit(t)
	k.portals()
	k.post("editor", "/print-batches", `{"id":"dot-1","name":"x","portal":"stttt-an-giang"}`).want(201)
	table := bytes.NewBufferString("label,copies\n")
	for _, place := range strings.Fields("a b c d e f g h i j k l m n o p q r s t") {
		table.WriteString("Chợ " + place + ",100\n")
	}
	k.csv("editor", "/print-batches/dot-1/places:import", table.String()).want(201)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go k.app.Listener(listener)
	defer k.app.Shutdown()
	ask := func(ctx context.Context) *http.Response {
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+listener.Addr().String()+api.Prefix+"/print-batches/dot-1/posters.pdf", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+k.as("viewer"))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	start := time.Now()
	resp := ask(context.Background())
	first := make([]byte, 1)
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		t.Fatal(err)
	}
	firstAfter := time.Since(start)
	rest, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	whole := time.Since(start)
	if err != nil || !bytes.HasSuffix(rest, []byte("%%EOF\n")) || bytes.Count(rest, []byte("/Type/Page/")) != 2000 {
		t.Fatalf("%d bytes, %d pages, %v", len(rest), bytes.Count(rest, []byte("/Type/Page/")), err)
	}
	t.Logf("first byte after %v, last after %v", firstAfter, whole)
	if firstAfter > whole/2 {
		t.Errorf("first byte after %v of %v", firstAfter, whole)
	}

	ctx, cancel := context.WithCancel(context.Background())
	gone := ask(ctx)
	if _, err := io.ReadFull(gone.Body, first); err != nil {
		t.Fatal(err)
	}
	cancel()
	gone.Body.Close()
	stopped := make(chan error, 1)
	go func() { stopped <- k.app.ShutdownWithTimeout(10 * time.Second) }()
	if err := <-stopped; err != nil {
		t.Errorf("the work goes on: %v", err)
	}
}
