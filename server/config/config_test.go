package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
)

func good() Config {
	return Config{Listen: "[::]:8080", BaseURL: "https://lensan.example", Data: "./data", MetricsListen: "127.0.0.1:9180", CommitWait: 250 * time.Millisecond}
}

func TestCheck_reportsAllFaultsTogether(t *testing.T) {
	c := Config{Listen: "8080", BaseURL: "ftp://x", MetricsListen: "x:y", APIKey: "short", TrustedProxies: "10.0.0.0/8, nonsense",
		DatabaseURL: "mysql://x", JournalURL: "kafka://x", Hotline: "call me", CommitWait: time.Hour, HealthInterval: time.Second, CoverageInterval: time.Second, ProbeAllow: "inside"}
	var e *referral.Error
	if !errors.As(c.Check(), &e) {
		t.Fatalf("Check = %v", c.Check())
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
	}
	want := []string{"LENSAN_LISTEN", "LENSAN_METRICS_LISTEN", "LENSAN_BASE_URL", "LENSAN_DATA", "LENSAN_DATABASE_URL",
		"LENSAN_JOURNAL_URL", "LENSAN_API_KEY", "LENSAN_TRUSTED_PROXIES", "LENSAN_HOTLINE", "LENSAN_COMMIT_WAIT", "LENSAN_HEALTH_INTERVAL", "LENSAN_COVERAGE_INTERVAL", "LENSAN_PROBE_ALLOW"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ok := good(); ok.Check() != nil {
		t.Errorf("good configuration refused: %v", ok.Check())
	}
}

func TestCheck_databaseURL(t *testing.T) {
	for value, ok := range map[string]bool{
		"": true, "postgres://lensan:secret@db.gov.vn/lensan": true, "postgresql://db/lensan?sslmode=require": true,
		"mysql://db/lensan": false, "db.gov.vn/lensan": false, "postgres:///lensan": false,
	} {
		c := good()
		c.DatabaseURL = value
		if err := c.Check(); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "lensan?") {
			t.Errorf("database %q: %v", value, err)
		}
	}
}

func TestCheck_journalURL(t *testing.T) {
	for value, want := range map[string]string{
		"":                          "",
		"nats://a:4222":             "nats://a:4222",
		"nats://a:4222,b:4222,c":    "nats://a:4222 nats://b:4222 nats://c",
		"tls://u:s3cret@a, tls://b": "tls://u:s3cret@a tls://b",
		"kafka://a":                 "error.config_journal_url",
		"a:4222,b:4222":             "error.config_journal_url",
		"nats://a,http://b":         "error.config_journal_url",
		"nats://":                   "error.config_journal_url",
		"nats://u:s3cret@a:port":    "error.config_journal_url",
		"nats://u:s3cret@a/path":    "error.config_journal_url",
		"nats://a?s3cret":           "error.config_journal_url",
		" , ":                       "error.config_journal_url",
	} {
		c := good()
		c.JournalURL, c.DatabaseURL = value, "postgres://db/lensan"
		got := strings.Join(c.Brokers(), " ")
		var e *referral.Error
		if err := c.Check(); errors.As(err, &e) {
			if got = e.Fields[0].Key; e.Fields[0].Field != "LENSAN_JOURNAL_URL" || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("journal %q: %v", value, err)
			}
		}
		if got != want {
			t.Errorf("journal %q: %s, want %s", value, got, want)
		}
	}
	c := good()
	c.JournalURL = "nats://a:4222"
	var e *referral.Error
	if !errors.As(c.Check(), &e) || e.Fields[0].Key != "error.config_journal_alone" {
		t.Errorf("a shared journal without a shared database: %v", c.Check())
	}
}

func TestCheck_baseURL(t *testing.T) {
	for value, ok := range map[string]bool{
		"https://lensan.gov.vn": true, "https://lensan.gov.vn/": true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"https://lensan.gov.vn/path": false, "https://u:p@lensan.gov.vn": false, "https://lensan.gov.vn?x": false, "//lensan.gov.vn": false, "": false,
	} {
		c := good()
		c.BaseURL = value
		if got := c.Check() == nil; got != ok {
			t.Errorf("base URL %q accepted: %v", value, got)
		}
	}
}

func TestProxies(t *testing.T) {
	c := good()
	c.TrustedProxies = "10.1.2.3/8, ::1 192.168.0.1"
	var got []string
	for _, p := range c.Proxies() {
		got = append(got, p.String())
	}
	if diff := cmp.Diff([]string{"10.0.0.0/8", "::1/128", "192.168.0.1/32"}, got); diff != "" {
		t.Error(diff)
	}
}
