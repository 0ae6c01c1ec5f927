package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

var guestLink = regexp.MustCompile(`http://localhost:\d+/thong-ke/xem-thu/\S+`)

// TestDemo opens a demonstration as a visitor does: by the link that it prints,
// which works once; every page says that its data is made up; nothing is left.
func TestDemo(t *testing.T) {
	folder := t.TempDir()
	cmd := program(folder, "demo", "--no-open", "--days", "9")
	cmd.Env = append(cmd.Env, "TMPDIR="+folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd}
	t.Cleanup(p.kill)
	link := ""
	for lines := bufio.NewScanner(out); link == "" && lines.Scan(); {
		link = guestLink.FindString(lines.Text())
	}
	if link == "" {
		t.Fatal("no link was printed")
	}
	go io.Copy(io.Discard, out)
	p.URL = link[:strings.Index(link, "/thong-ke")]
	p.waitReady()

	get := func(client *http.Client, address string) (end, page string) {
		t.Helper()
		r, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.Request.URL.Path, string(body)
	}
	visitor := func() *http.Client {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Client{Jar: jar, Timeout: time.Minute}
	}
	first := visitor()
	if end, page := get(first, link); end != "/thong-ke" || !strings.Contains(page, "khach-xem-mau") {
		t.Errorf("the link leads to %s", end)
	}
	if end, _ := get(first, link); end != "/thong-ke" {
		t.Errorf("opened again by the same visitor, the link leads to %s", end)
	}
	if end, _ := get(visitor(), link); end != "/thong-ke/dang-nhap" {
		t.Errorf("opened by another, the link leads to %s", end)
	}
	_, list := get(first, p.URL+"/thong-ke/vi-tri")
	code := regexp.MustCompile(`/thong-ke/vi-tri/(\w{6})`).FindStringSubmatch(list)
	if code == nil {
		t.Fatal("no placement is listed")
	}
	for _, path := range []string{"/thong-ke", "/thong-ke/vi-tri", "/thong-ke/dang-nhap", "/thong-ke/nothing", "/", "/kiem-tra", "/kiem-tra/" + code[1],
		"/nhung/" + code[1], "/go/" + code[1] + "/hub", "/no/such/page"} {
		if _, page := get(first, p.URL+path); !strings.Contains(page, "Dữ liệu mẫu") {
			t.Errorf("%s does not say that its data is made up", path)
		}
	}
	p.stop()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestServe_isNoDemo: no page of a real server bears the mark.
func TestServe_isNoDemo(t *testing.T) {
	p := start(t, t.TempDir())
	code := p.placements(1)[0]
	for _, path := range []string{"/", "/thong-ke/dang-nhap", "/nhung/" + code, "/go/" + code + "/hub", "/thong-ke/xem-thu/x"} {
		r, err := http.Get(p.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if strings.Contains(string(page), "Dữ liệu mẫu") || strings.HasSuffix(path, "/x") && r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}
