package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lensan/server/testkit"
)

const deployFolder = "../examples/deploy"

func deployFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(deployFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func mustCheck(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}

// metricsOf starts a server, has it redirect, and returns what it tells Prometheus.
func metricsOf(t *testing.T) string {
	t.Helper()
	address := testkit.FreeAddress(t)
	server := start(t, t.TempDir(), "LENSAN_METRICS_LISTEN="+address)
	code, client := server.placements(1)[0], noRedirect(1)
	for range 400 {
		mustRedirect(t, client, server.URL+"/go/"+code)
	}
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, nil)
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestMetrics_asRulesAndDashboardAskForThem holds the files that an operator
// installs to what a real server tells.
func TestMetrics_asRulesAndDashboardAskForThem(t *testing.T) {
	metrics := metricsOf(t)
	asked := regexp.MustCompile(`\b(?:lensan|process)_[a-z_]+\b`)
	seen := 0
	for _, file := range []string{"rules.yml", "grafana.json"} {
		for _, name := range asked.FindAllString(deployFile(t, file), -1) {
			seen++
			if !regexp.MustCompile(`(?m)^` + name + `[ {]`).MatchString(metrics) {
				t.Errorf("%s asks for %s, which the server does not tell", file, name)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d metrics asked for", seen)
	}
	for _, line := range []string{
		`lensan_clicks_committed_total 400`, `lensan_commit_clicks_sum 400`, `lensan_applied_lag_clicks 0`,
		`lensan_destination_state{destination="support_portal",state="unknown"} 1`,
		`lensan_destination_state{destination="support_portal",state="dead"} 0`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("no %q", line)
		}
	}
	sampled := regexp.MustCompile(`(?m)^lensan_redirect_duration_seconds_count ([1-9]\d{0,2})$`)
	if !sampled.MatchString(metrics) {
		t.Error("of 400 redirects none was timed")
	}
	if refreshed := regexp.MustCompile(`(?m)^lensan_links_refreshed_timestamp_seconds (\S+)$`).FindStringSubmatch(metrics); refreshed == nil || refreshed[1] == "0" {
		t.Errorf("link table refreshed at %v", refreshed)
	}
}

func TestDeploy_rules(t *testing.T) {
	const promtool = "promtool"
	if !testkit.Has(t, promtool) {
		return
	}
	mustCheck(t, promtool, "check", "rules", filepath.Join(deployFolder, "rules.yml"))
	mustCheck(t, promtool, "test", "rules", filepath.Join(deployFolder, "rules_test.yml"))
	mustCheck(t, promtool, "check", "config", "--syntax-only", filepath.Join(deployFolder, "prometheus.yml"))
}

func TestDeploy_nats(t *testing.T) {
	t.Setenv("NATS_PASSWORD", "secret")
	mustCheck(t, "go", "tool", "nats-server", "-t", "-c", filepath.Join(deployFolder, "nats.conf"))
}

// TestDeploy_caddy runs Caddy with our file, but for its host and ports, in
// front of a real server, and scans through it.
func TestDeploy_caddy(t *testing.T) {
	const caddy = "caddy"
	if !testkit.Has(t, caddy) {
		return
	}
	mustCheck(t, caddy, "validate", "--adapter", "caddyfile", "--config", filepath.Join(deployFolder, "Caddyfile"))
	server := start(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "Caddyfile")
	front := testkit.FreeAddress(t)
	config := strings.NewReplacer("lensan.example.gov.vn {", "http://"+front+" {", "127.0.0.1:8080", strings.TrimPrefix(server.URL, "http://"),
		"{\n\tlog {", "{\n\tadmin off\n\tlog {").Replace(deployFile(t, "Caddyfile"))
	write(t, file, config)
	proxied(t, server, "http://"+front, exec.Command(caddy, "run", "--adapter", "caddyfile", "--config", file))
}

// TestDeploy_nginx does the same with nginx and a certificate of its own.
func TestDeploy_nginx(t *testing.T) {
	const nginx, openssl = "nginx", "openssl"
	if !testkit.Has(t, nginx, openssl) {
		return
	}
	server, folder := start(t, t.TempDir()), t.TempDir()
	mustCheck(t, openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=lensan.example.gov.vn",
		"-keyout", filepath.Join(folder, "privkey.pem"), "-out", filepath.Join(folder, "fullchain.pem"))
	front := testkit.FreeAddress(t)
	ours := strings.NewReplacer("/etc/ssl/lensan", folder, "/var/cache/nginx/lensan", filepath.Join(folder, "cache"), "127.0.0.1:8080", strings.TrimPrefix(server.URL, "http://"),
		"listen 80;", "listen "+testkit.FreeAddress(t)+";", "listen [::]:80;", "", "listen 443 ssl", "listen "+front+" ssl", "listen [::]:443 ssl http2;", "").Replace(deployFile(t, "nginx.conf"))
	write(t, filepath.Join(folder, "lensan.conf"), ours)
	config := "daemon off; pid pid; error_log stderr crit; events {} http {"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		config += " " + kind + "_temp_path " + filepath.Join(folder, kind) + ";"
	}
	write(t, filepath.Join(folder, "nginx.conf"), config+" include lensan.conf; }")
	proxied(t, server, "https://"+front, exec.Command(nginx, "-p", folder, "-c", filepath.Join(folder, "nginx.conf"), "-e", "stderr"))
}

func TestDeploy_units(t *testing.T) {
	const analyze = "systemd-analyze"
	if !testkit.Has(t, analyze) {
		return
	}
	folder := t.TempDir()
	args := []string{"verify", "--man=no"}
	for _, name := range []string{"lensan.service", "lensan-backup.service", "lensan-backup.timer"} {
		file := filepath.Join(folder, name)
		write(t, file, strings.ReplaceAll(deployFile(t, name), "/usr/local/bin/lensan", "/bin/true"))
		args = append(args, file)
	}
	mustCheck(t, analyze, args...)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// proxied runs a proxy in front of a server: a scan through it is redirected
// and counted once, and nothing that it prints names an address.
func proxied(t *testing.T, server *process, front string, proxy *exec.Cmd) {
	t.Helper()
	code := server.placements(1)[0]
	var printed strings.Builder
	proxy.Stdout, proxy.Stderr = &printed, &printed
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	client := trusting()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		response, err := client.Get(front + "/healthz")
		if err == nil {
			response.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			_ = proxy.Process.Kill()
			_ = proxy.Wait()
			t.Fatalf("the proxy does not answer: %v %s", err, printed.String())
		}
	}
	response, err := client.Get(front + "/go/" + code)
	if err != nil {
		t.Error(err)
	} else {
		response.Body.Close()
		if response.StatusCode != http.StatusFound || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("through the proxy: %s %v", response.Status, response.Header)
		}
	}
	var stats report
	server.call("GET", "/stats?wait=applied", nil, http.StatusOK, &stats)
	if stats.Total.Recorded != 1 {
		t.Errorf("%d clicks recorded, want 1", stats.Total.Recorded)
	}
	server.kill()
	if response, err := client.Get(front + "/go/" + code); err == nil {
		response.Body.Close()
	}
	_ = proxy.Process.Signal(os.Interrupt)
	_ = proxy.Wait()
	if strings.Contains(printed.String(), "127.0.0.1") {
		t.Errorf("the proxy logs addresses: %s", printed.String())
	}
}

// trusting is a client that does not follow redirects and takes any certificate.
func trusting() *http.Client {
	client := noRedirect(1)
	client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	return client
}
