package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/server/testkit"
)

// says waits until a page of a server, a badge or a document of the API has
// some words, and returns how long that took.
func (p *process) says(path, words string, within time.Duration) time.Duration {
	p.t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		response, err := http.Get(p.URL + path)
		if err != nil {
			p.t.Fatal(err)
		}
		raw, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			p.t.Fatal(err)
		}
		if strings.Contains(string(raw), words) {
			return time.Since(begun)
		}
		if time.Since(begun) > within {
			p.t.Fatalf("%s does not say %q after %s: %s", path, words, within, raw)
		}
	}
}

func (p *process) put(text, words string, want int) {
	p.t.Helper()
	p.call("PUT", "/texts/vi/"+text, map[string]string{"text": words, "reason": "thử"}, want, nil)
}

// What the ministry changes stands at once on the hub, in the badge and on
// posters, those that the command line prints beside the server too, and after
// the next start; the default is back when it is asked for.
func TestWording_standsEverywhere(t *testing.T) {
	data := t.TempDir()
	server := start(t, data)
	code := server.placements(1)[0]
	hub, badge := "/go/"+code+"/hub", "/b/"+code+".svg"
	server.says(hub, "Đưa nông sản lên sàn", 0)
	server.says(badge, "Hỗ trợ hộ sản xuất nông nghiệp", 0)

	server.put("public.hub.title", "Bán nông sản qua mạng", http.StatusOK)
	server.put("snippet.alt", "Cùng bà con lên sàn số", http.StatusOK)
	server.put("poster.call", "Quét mã để bán nông sản", http.StatusOK)
	server.put("public.hub.code", "Mã {ma}", http.StatusUnprocessableEntity)
	server.put("badge.line1", "Hỗ trợ tất cả bà con nông dân trong cả nước", http.StatusUnprocessableEntity)
	server.put("poster.warning", strings.Repeat("Không phải mã thanh toán. ", 9), http.StatusUnprocessableEntity)
	check := func() {
		t.Helper()
		server.says(hub, "Bán nông sản qua mạng", 0)
		server.says(hub, "Mã "+code, 0)
		server.says(badge, "Cùng bà con lên sàn số", 0)
	}
	check()
	if testkit.Has(t, "pdftotext") {
		beside := filepath.Join(t.TempDir(), "beside.pdf")
		if out, err := program(data, "posters", code, "--out", beside).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		asked := filepath.Join(t.TempDir(), "asked.pdf")
		if err := os.WriteFile(asked, server.fetch("/placements/"+code+"/poster.pdf"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{beside, asked} {
			raw, err := exec.Command("pdftotext", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(strings.Fields(string(raw)), " "); !strings.Contains(said, "Quét mã để bán nông sản") || !strings.Contains(said, "Không phải mã thanh toán. Không hỏi mật khẩu") {
				t.Errorf("%s says %s", filepath.Base(file), said)
			}
		}
	}
	server.stop()
	server = start(t, data)
	check()
	server.call("DELETE", "/texts/vi/public.hub.title?reason=x", nil, http.StatusNoContent, nil)
	server.says(hub, "Đưa nông sản lên sàn", 0)
	server.says(badge, "Cùng bà con lên sàn số", 0)
	server.stop()
}

// fetch returns a file of the API.
func (p *process) fetch(path string) []byte {
	p.t.Helper()
	request, err := http.NewRequest("GET", p.URL+"/api/v1"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v", path, response.Status, err)
	}
	return raw
}
