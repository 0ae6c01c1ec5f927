package main

import (
	"bufio"
	"html"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const testKey = "test-key-of-sixteen-symbols"

// startServer builds and starts Lên Sàn on a free port and returns its address.
func startServer(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "lensan")
	if out, err := exec.Command("go", "build", "-o", program, "../../server").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.Command(program, "serve")
	listen := freeAddress(t)
	base := "http://" + listen
	cmd.Env = append(os.Environ(), "LANG=en", "LENSAN_DATA="+t.TempDir(), "LENSAN_API_KEY="+testKey, "LENSAN_LISTEN="+listen, "LENSAN_BASE_URL="+base, "LENSAN_METRICS_LISTEN=", "LENSAN_HEALTH_INTERVAL=0", "LENSAN_COVERAGE_INTERVAL=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if response, err := http.Get(base + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return base
			}
		}
	}
	t.Fatal("the server did not become ready")
	return ""
}

func TestPage(t *testing.T) {
	base := startServer(t)
	out := filepath.Join(t.TempDir(), "page.html")
	c := client{base, testKey}
	if err := run(c, "vi-du", "", out, ""); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, part := range []string{"/b/", "?style=button", "/go/", "<iframe ", "/w/v1.js", "/nhung/", "Chỉ chữ"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Contains(page, "&lt;") {
		t.Error("a snippet was escaped instead of shown")
	}
	browser := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	seen := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		address := html.UnescapeString(found[1])
		if !strings.HasPrefix(address, base+"/") {
			t.Errorf("the page leads to %s", address)
			continue
		}
		if seen[address] {
			continue
		}
		seen[address] = true
		response, err := browser.Get(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusFound {
			t.Errorf("%s: %s", address, response.Status)
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %d addresses on the page", len(seen))
	}
	// The portal exists now; a second run must use it again.
	if err := run(c, "vi-du", "", out, ""); err != nil {
		t.Errorf("second run: %v", err)
	}
	if err := run(client{base: base}, "vi-du", "", out, ""); err == nil || !strings.Contains(err.Error(), "LENSAN_API_KEY") {
		t.Errorf("without a key: %v", err)
	}
}

// freeAddress returns an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
