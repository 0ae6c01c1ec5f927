// Package config is the one place where settings are named, read and checked:
// command-line flags and their LENSAN_… environment variables. Help texts are
// kong variables named like the text keys of cli.toml.
package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lensan/server/outbox"
	"lensan/server/referral"
)

// DefaultListen is where the server listens unless it is told otherwise.
const DefaultListen = "[::]:8080"

// Config is every setting. The tags are read by kong.
type Config struct {
	Listen           string        `env:"LENSAN_LISTEN" default:"[::]:8080" help:"${help_listen}" placeholder:"HOST:PORT"`
	BaseURL          string        `env:"LENSAN_BASE_URL" default:"http://localhost:8080" help:"${help_base_url}" placeholder:"URL"`
	Data             string        `env:"LENSAN_DATA" default:"./data" help:"${help_data}" placeholder:"DIR"`
	DatabaseURL      string        `env:"LENSAN_DATABASE_URL" help:"${help_database_url}" placeholder:"URL"`
	JournalURL       string        `env:"LENSAN_JOURNAL_URL" help:"${help_journal_url}" placeholder:"URL"`
	APIKey           string        `env:"LENSAN_API_KEY" help:"${help_api_key}" placeholder:"KEY"`
	TrustedProxies   string        `env:"LENSAN_TRUSTED_PROXIES" help:"${help_trusted_proxies}" placeholder:"CIDR,…"`
	MetricsListen    string        `env:"LENSAN_METRICS_LISTEN" default:"127.0.0.1:9180" help:"${help_metrics_listen}" placeholder:"HOST:PORT"`
	Hotline          string        `env:"LENSAN_HOTLINE" help:"${help_hotline}" placeholder:"NUMBER"`
	OIDCIssuer       string        `name:"oidc-issuer" env:"LENSAN_OIDC_ISSUER" help:"${help_oidc_issuer}" placeholder:"URL"`
	OIDCClientID     string        `name:"oidc-client-id" env:"LENSAN_OIDC_CLIENT_ID" help:"${help_oidc_client_id}" placeholder:"ID"`
	OIDCSecret       string        `name:"oidc-client-secret" env:"LENSAN_OIDC_CLIENT_SECRET" help:"${help_oidc_client_secret}" placeholder:"SECRET"`
	AdminCode        bool          `name:"admin-second-factor" env:"LENSAN_ADMIN_SECOND_FACTOR" help:"${help_admin_second_factor}"`
	SMTPURL          string        `name:"smtp-url" env:"LENSAN_SMTP_URL" help:"${help_smtp_url}" placeholder:"URL"`
	MailFrom         string        `env:"LENSAN_MAIL_FROM" help:"${help_mail_from}" placeholder:"ADDRESS"`
	AlertWebhook     string        `env:"LENSAN_ALERT_WEBHOOK" help:"${help_alert_webhook}" placeholder:"URL"`
	AlertSecret      string        `name:"alert-webhook-secret" env:"LENSAN_ALERT_WEBHOOK_SECRET" help:"${help_alert_webhook_secret}" placeholder:"SECRET"`
	SilenceDays      int           `env:"LENSAN_SILENCE_DAYS" default:"21" help:"${help_silence_days}" placeholder:"DAYS"`
	CommitWait       time.Duration `env:"LENSAN_COMMIT_WAIT" default:"250ms" help:"${help_commit_wait}" placeholder:"DURATION"`
	HealthInterval   time.Duration `env:"LENSAN_HEALTH_INTERVAL" default:"15m" help:"${help_health_interval}" placeholder:"DURATION"`
	CoverageInterval time.Duration `env:"LENSAN_COVERAGE_INTERVAL" default:"24h" help:"${help_coverage_interval}" placeholder:"DURATION"`
	PublicFigures    bool          `env:"LENSAN_PUBLIC_FIGURES" help:"${help_public_figures}"`
	ProbeAllow       string        `env:"LENSAN_PROBE_ALLOW" help:"${help_probe_allow}" placeholder:"CIDR,…"`
}

// Check returns an *referral.Error that names every setting at fault by its
// environment variable, or nil.
func (c *Config) Check() error {
	var f referral.Faults
	checkListen(&f, "LENSAN_LISTEN", c.Listen)
	if c.MetricsListen != "" {
		checkListen(&f, "LENSAN_METRICS_LISTEN", c.MetricsListen)
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		f.Add("LENSAN_BASE_URL", "error.config_base_url", "value", c.BaseURL)
	}
	if c.Data == "" {
		f.Add("LENSAN_DATA", "error.required")
	}
	if u, err := url.Parse(c.DatabaseURL); c.DatabaseURL != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "") {
		f.Add("LENSAN_DATABASE_URL", "error.config_database_url") // without its value, which may hold a password
	}
	checkBrokers(&f, c)
	if c.APIKey != "" && len(c.APIKey) < 16 {
		f.Add("LENSAN_API_KEY", "error.config_api_key", "min", "16")
	}
	if _, bad := networks(c.TrustedProxies); bad != "" {
		f.Add("LENSAN_TRUSTED_PROXIES", "error.config_proxies", "value", bad)
	}
	if strings.Trim(c.Hotline, "+0123456789 .-()") != "" || len(c.Hotline) > 30 {
		f.Add("LENSAN_HOTLINE", "error.config_hotline", "value", c.Hotline)
	}
	if c.OIDCIssuer != "" || c.OIDCClientID != "" {
		if u, err := url.Parse(c.OIDCIssuer); err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" || c.OIDCClientID == "" {
			f.Add("LENSAN_OIDC_ISSUER", "error.config_oidc")
		}
	}
	if c.SMTPURL != "" {
		if _, err := outbox.ParseMailServer(c.SMTPURL, "a@b"); err != nil {
			f.Add("LENSAN_SMTP_URL", "error.config_smtp") // without its value, which may hold a password
		}
		if _, err := mail.ParseAddress(c.MailFrom); err != nil {
			f.Add("LENSAN_MAIL_FROM", "error.config_mail_from", "value", c.MailFrom)
		}
	}
	if c.AlertWebhook != "" {
		if u, err := url.Parse(c.AlertWebhook); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
			f.Add("LENSAN_ALERT_WEBHOOK", "error.config_webhook") // without its value, which may hold a key
		}
		if len(c.AlertSecret) < 16 {
			f.Add("LENSAN_ALERT_WEBHOOK_SECRET", "error.config_api_key", "min", "16")
		}
	}
	if c.SilenceDays < 0 || c.SilenceDays > 0 && c.SilenceDays < 14 || c.SilenceDays > 180 {
		f.Add("LENSAN_SILENCE_DAYS", "error.config_silence", "value", strconv.Itoa(c.SilenceDays))
	}
	if c.CommitWait < time.Millisecond || c.CommitWait > 10*time.Second {
		f.Add("LENSAN_COMMIT_WAIT", "error.config_commit_wait", "value", c.CommitWait.String())
	}
	if c.HealthInterval != 0 && (c.HealthInterval < time.Minute || c.HealthInterval > 24*time.Hour) {
		f.Add("LENSAN_HEALTH_INTERVAL", "error.config_health_interval", "value", c.HealthInterval.String())
	}
	if c.CoverageInterval != 0 && (c.CoverageInterval < time.Hour || c.CoverageInterval > 31*24*time.Hour) {
		f.Add("LENSAN_COVERAGE_INTERVAL", "error.config_coverage_interval", "value", c.CoverageInterval.String())
	}
	if _, bad := networks(c.ProbeAllow); bad != "" {
		f.Add("LENSAN_PROBE_ALLOW", "error.config_proxies", "value", bad)
	}
	return f.Err()
}

func checkListen(f *referral.Faults, name, address string) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		f.Add(name, "error.config_listen", "value", address)
	}
}

// checkBrokers says nothing of the value, which may hold a password.
func checkBrokers(f *referral.Faults, c *Config) {
	if c.JournalURL == "" {
		return
	}
	brokers := c.Brokers()
	for _, broker := range brokers {
		u, err := url.Parse(broker)
		if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			brokers = nil
			break
		}
	}
	switch {
	case len(brokers) == 0:
		f.Add("LENSAN_JOURNAL_URL", "error.config_journal_url")
	case c.DatabaseURL == "":
		f.Add("LENSAN_JOURNAL_URL", "error.config_journal_alone")
	}
}

// Brokers returns the addresses in JournalURL, each with a scheme; that of the
// one before it where it has none.
func (c *Config) Brokers() (list []string) {
	scheme := ""
	for _, s := range strings.FieldsFunc(c.JournalURL, func(r rune) bool { return r == ',' || r == ' ' }) {
		if before, _, ok := strings.Cut(s, "://"); ok {
			scheme = before + "://"
		} else {
			s = scheme + s
		}
		list = append(list, s)
	}
	return list
}

// Proxies returns the trusted networks; Check has found them well-formed.
func (c *Config) Proxies() []netip.Prefix {
	list, _ := networks(c.TrustedProxies)
	return list
}

// ProbeNetworks returns the private networks that may be asked all the same.
func (c *Config) ProbeNetworks() []netip.Prefix {
	list, _ := networks(c.ProbeAllow)
	return list
}

func networks(text string) (list []netip.Prefix, bad string) {
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			addr, addrErr := netip.ParseAddr(s)
			if addrErr != nil {
				return nil, s
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		list = append(list, prefix.Masked())
	}
	return list, ""
}

// Base returns BaseURL without a slash at its end.
func (c *Config) Base() string { return strings.TrimRight(c.BaseURL, "/") }
