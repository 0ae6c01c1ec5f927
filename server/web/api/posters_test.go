package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/valyala/fasthttp"

	"lensan/server/referral"
	"lensan/server/web"
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

// countedPosters counts the pages that are made.
type countedPosters struct {
	api.Posters
	made *atomic.Int64
}

func (p countedPosters) OfBatch(ctx context.Context, a referral.Actor, id string, f web.PosterFile) (web.PosterJob, error) {
	job, err := p.Posters.OfBatch(ctx, a, id, f)
	return countedJob{job, p.made}, err
}

type countedJob struct {
	web.PosterJob
	made *atomic.Int64
}

func (j countedJob) Write(ctx context.Context, w io.Writer, progress func(int)) error {
	return j.PosterJob.Write(ctx, w, func(done int) { j.made.Store(int64(done)); progress(done) })
}

// narrow is a listener whose connections hold little of what is not read.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
	}
	return c, err
}

// Over a real connection the first bytes come while most pages are not made
// yet, and a reader who goes away ends the work.
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
	ended := make(chan struct{}, 2)
	k.app.Server().ConnState = func(_ net.Conn, s fasthttp.ConnState) {
		if s == fasthttp.StateClosed {
			ended <- struct{}{}
		}
	}
	go k.app.Listener(narrow{listener})
	defer k.app.Shutdown()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(16 << 10)
		}
		return c, err
	}}}
	const pages = 2000
	ask := func(ctx context.Context) io.ReadCloser {
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+listener.Addr().String()+api.Prefix+"/print-batches/dot-1/posters.pdf", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+k.as("viewer"))
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if made := k.made.Load(); made > pages/2 {
			t.Errorf("%d of %d pages were made before the first byte came", made, pages)
		}
		return resp.Body
	}
	whole := ask(context.Background())
	rest, err := io.ReadAll(whole)
	if err != nil || !bytes.HasSuffix(rest, []byte("%%EOF\n")) || bytes.Count(rest, []byte("/Type/Page/")) != pages || k.made.Load() != pages {
		t.Fatalf("%d bytes, %d pages of %d, %v", len(rest), bytes.Count(rest, []byte("/Type/Page/")), k.made.Load(), err)
	}
	<-ended

	k.made.Store(0)
	ctx, cancel := context.WithCancel(context.Background())
	ask(ctx)
	cancel()
	<-ended
	if made := k.made.Load(); made > pages/2 {
		t.Errorf("%d of %d pages were made for a reader who had gone", made, pages)
	}
}
