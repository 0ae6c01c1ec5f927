package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/shirou/gopsutil/v4/disk"

	"lensan/server/config"
	"lensan/server/qr"
	"lensan/server/referral"
)

// Level says how bad a finding is.
type Level int

// The levels. A server with failures cannot do its work; one with warnings can.
const (
	Fine Level = iota
	Warning
	Failure
)

// Finding is what Check saw of one subject. Its text is "check." + Key.
type Finding struct {
	Subject string // "config", "data", "database", "journal", "stream", "counts", "clock", "base_url", "disk"
	Level   Level
	Key     string
	Args    referral.Args
}

// minFree is the free space below which Check warns, in GB.
const minFree = 2.0

// Check looks at everything that a server with this configuration needs. It
// changes nothing, and may run beside a server.
func Check(ctx context.Context, c config.Config) []Finding {
	findings := []Finding{{Subject: "config", Key: "config_fine"}, checkBaseURL(c)}
	if _, err := os.Stat(c.Data); errors.Is(err, fs.ErrNotExist) {
		return append(findings, Finding{Subject: "data", Key: "data_fresh", Args: referral.Args{"path": c.Data}})
	}
	findings = append(findings, checkData(c), checkDisk(c))
	return append(findings, checkFiles(ctx, c)...)
}

func checkBaseURL(c config.Config) Finding {
	f := Finding{Subject: "base_url", Key: "base_url_fine", Args: referral.Args{"base": c.Base()}}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return f
	}
	switch host := u.Hostname(); {
	case host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1":
		f.Level, f.Key = Warning, "base_url_local"
	case u.Scheme != "https":
		f.Level, f.Key = Warning, "base_url_http"
	default:
		version, err := qr.Version(strings.ToUpper(c.Base())+"/K7Q2PX", "Q")
		if err != nil {
			f.Level = Warning
		}
		f.Args["version"] = fmt.Sprint(version)
	}
	return f
}

func checkData(c config.Config) Finding {
	f := Finding{Subject: "data", Key: "data_fine", Args: referral.Args{"path": c.Data}}
	file, err := os.CreateTemp(c.Data, ".check-*")
	if err != nil {
		f.Level, f.Key, f.Args["cause"] = Failure, "data_bad", err.Error()
		return f
	}
	file.Close()
	os.Remove(file.Name())
	return f
}

func checkDisk(c config.Config) Finding {
	usage, err := disk.Usage(c.Data)
	if err != nil {
		return Finding{Subject: "disk", Level: Warning, Key: "disk_bad", Args: referral.Args{"cause": err.Error()}}
	}
	free := float64(usage.Free) / 1e9
	f := Finding{Subject: "disk", Key: "disk_fine", Args: referral.Args{"free": fmt.Sprintf("%.1f", free), "want": fmt.Sprint(minFree)}}
	if free < minFree {
		f.Level, f.Key = Warning, "disk_low"
	}
	return f
}

// checkFiles looks at database and journal, where they exist already.
func checkFiles(ctx context.Context, c config.Config) []Finding {
	var findings []Finding
	if c.DatabaseURL != "" || exists(filepath.Join(c.Data, databaseFile)) {
		findings = append(findings, checkDatabase(ctx, c)...)
	}
	if exists(filepath.Join(c.Data, journalFolder)) {
		findings = append(findings, checkJournal(ctx, c))
	}
	if c.JournalURL != "" {
		findings = append(findings, checkStream(ctx, c))
	}
	return findings
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
