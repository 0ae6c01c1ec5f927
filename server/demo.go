package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/pkg/browser"
	"golang.org/x/term"

	"lensan/server/app"
	"lensan/server/config"
	"lensan/server/demo"
)

type demoCmd struct {
	NoOpen bool   `help:"${help_demo_no_open}"`
	Seed   uint64 `default:"1034" help:"${help_demo_seed}"`
	Days   int    `default:"0" help:"${help_demo_days}"`
	Scale  bool   `help:"${help_demo_scale}"`
	Times  int    `default:"40" help:"${help_demo_times}"`
}

// Run serves sample data from a folder that is removed at the end.
func (c demoCmd) Run(t *terminal) (err error) {
	folder, err := os.MkdirTemp("", "lensan-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if t.config, err = demoConfig(t.config, folder); err != nil {
		return err
	}
	if c.Scale {
		return c.measure(t)
	}
	began := time.Now()
	made, err := app.FillSample(t.ctx, t.config, demo.Options{Seed: c.Seed, Now: began, Days: c.Days, Progress: t.demoProgress()})
	if err != nil {
		if t.ctx.Err() != nil {
			return nil
		}
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.demo_made", "portals", t.lang.Number(int64(made.Portals)), "placements", t.lang.Number(int64(made.Placements)),
		"clicks", t.lang.Number(made.Clicks), "first", t.lang.Day(made.First), "seconds", t.lang.Number(int64(time.Since(began).Seconds()+0.5))))
	a, err := app.New(t.ctx, t.config, app.Options{Texts: t.texts, Log: slog.New(slog.NewTextHandler(t.err, nil)), Sample: true})
	if err != nil {
		return err
	}
	if err := a.Listen(); err != nil {
		return errors.Join(err, a.Close())
	}
	t.greet(a)
	url := t.config.Base() + "/thong-ke/xem-thu/" + a.Guest
	fmt.Fprintln(t.out, t.lang.T("cli.demo_sign_in", "url", url))
	fmt.Fprintln(t.out, t.lang.T("cli.demo_stop"))
	if !c.NoOpen {
		go openBrowser(url)
	}
	return a.Run(t.ctx)
}

// openBrowser opens an address if there is a browser. Where there is none, the
// address has been printed.
func openBrowser(url string) {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	_ = browser.OpenURL(url)
}

// demoConfig keeps everything on this machine: the data in a folder of its own,
// and unless an address was asked for, port 8080 of the loopback, or any if
// that is taken.
func demoConfig(c config.Config, folder string) (config.Config, error) {
	c.Data, c.MetricsListen, c.DatabaseURL, c.JournalURL, c.SMTPURL = folder, "", "", "", ""
	c.HealthInterval, c.CoverageInterval = 0, 0 // sample portals do not exist, and real destinations are not asked for play
	if c.Listen == config.DefaultListen {
		c.Listen = "127.0.0.1:8080"
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return c, err
	}
	c.Listen = l.Addr().String()
	if _, port, err := net.SplitHostPort(c.Listen); err == nil && strings.HasPrefix(c.BaseURL, "http://localhost") {
		c.BaseURL = "http://localhost:" + port
	}
	return c, l.Close()
}

// demoProgress shows a bar on a terminal; nil where there is none.
func (t *terminal) demoProgress() func(done, days int) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	const width = 30
	return func(done, days int) {
		full := width * done / days
		fmt.Fprintf(t.err, "\r\x1b[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat("·", width-full),
			t.lang.T("cli.demo_progress", "done", fmt.Sprint(done), "days", fmt.Sprint(days)))
		if done == days {
			fmt.Fprint(t.err, "\r\x1b[K")
		}
	}
}
