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
	"time"

	"github.com/shirou/gopsutil/v4/disk"

	"lensan/server/clicklog/localjournal"
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
	Subject string // "config", "data", "database", "journal", "counts", "clock", "base_url", "disk"
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
		findings = append(findings, checkJournal(c))
	}
	return findings
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func checkDatabase(ctx context.Context, c config.Config) []Finding {
	bad := func(err error) []Finding {
		return []Finding{{Subject: "database", Level: Failure, Key: "database_bad", Args: referral.Args{"cause": err.Error()}}}
	}
	s, err := OpenStore(c)
	if err != nil {
		return bad(err)
	}
	defer s.Close()
	list, err := s.MigrationStatus(ctx)
	if err != nil {
		return bad(err)
	}
	pending, version := 0, int64(0)
	for _, m := range list {
		if !m.AppliedAt.IsZero() {
			version = m.Version
		} else {
			pending++
		}
	}
	if pending > 0 {
		return []Finding{{Subject: "database", Level: Warning, Key: "database_pending", Args: referral.Args{"n": fmt.Sprint(pending)}}}
	}
	if err := s.CheckWritable(ctx); err != nil {
		return bad(err)
	}
	findings := []Finding{{Subject: "database", Key: "database_fine", Args: referral.Args{"version": fmt.Sprint(version)}}}
	differences, err := s.Reconcile(ctx)
	if err != nil {
		return append(findings, bad(err)...)
	}
	clicks, last, err := s.AppliedClicks(ctx)
	if err != nil {
		return append(findings, bad(err)...)
	}
	counts := Finding{Subject: "counts", Key: "counts_fine", Args: referral.Args{"n": fmt.Sprint(clicks)}}
	if len(differences) > 0 {
		counts.Level, counts.Key, counts.Args["which"] = Failure, "counts_bad", fmt.Sprint(differences)
	}
	return append(findings, counts, checkClock(last))
}

func checkClock(last time.Time) Finding {
	now := time.Now()
	f := Finding{Subject: "clock", Key: "clock_fine", Args: referral.Args{"time": now.In(referral.Zone).Format("15:04:05 02/01/2006")}}
	if last.After(now.Add(time.Minute)) {
		f.Level, f.Key, f.Args["time"] = Failure, "clock_behind", last.In(referral.Zone).Format("15:04:05 02/01/2006")
	}
	return f
}

func checkJournal(c config.Config) Finding {
	bad := func(err error) Finding {
		return Finding{Subject: "journal", Level: Failure, Key: "journal_bad", Args: referral.Args{"cause": err.Error()}}
	}
	_, seq, err := localjournal.Inspect(filepath.Join(c.Data, journalFolder))
	if err != nil {
		return bad(err)
	}
	return Finding{Subject: "journal", Key: "journal_fine", Args: referral.Args{"seq": fmt.Sprint(seq)}}
}
