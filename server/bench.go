package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/term"

	"lensan/server/bench"
	"lensan/server/web"
)

type benchCmd struct {
	Connections int           `default:"256" help:"${help_bench_connections}"`
	Phones      int           `default:"1" help:"${help_bench_phones}"`
	Pairs       int           `default:"3" help:"${help_bench_pairs}"`
	Duration    time.Duration `default:"5s" help:"${help_bench_duration}"`
	MinRatio    float64       `default:"0" help:"${help_bench_min_ratio}"`
}

// Run measures this program against a bare Fiber redirect and prints the ratio.
func (c benchCmd) Run(t *terminal) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := func(env []string, args ...string) *exec.Cmd {
		cmd := exec.Command(self, args...)
		cmd.Env = append(os.Environ(), env...)
		return cmd
	}
	o := bench.Options{Postgres: t.config.DatabaseURL != "", Shared: t.config.JournalURL != "", Text: t.lang, Out: t.out, Connections: c.Connections, Phones: c.Phones, Pairs: c.Pairs, Duration: c.Duration,
		Bare: func(s bench.Setup) *exec.Cmd {
			return child(nil, "bench-bare", "--at", s.Listen, "--location", s.Location)
		},
		Real: func(s bench.Setup) *exec.Cmd {
			return child([]string{"LENSAN_DATABASE_URL=" + t.config.DatabaseURL, "LENSAN_JOURNAL_URL=" + t.config.JournalURL, "LENSAN_LISTEN=" + s.Listen, "LENSAN_DATA=" + s.Data, "LENSAN_API_KEY=" + s.APIKey,
				"LENSAN_METRICS_LISTEN=", "LENSAN_HEALTH_INTERVAL=0", "LENSAN_COVERAGE_INTERVAL=0", "LENSAN_BASE_URL=https://lensan.example", "LENSAN_TRUSTED_PROXIES="}, "serve")
		},
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		o.Progress = t.err
	}
	result, err := bench.Run(t.ctx, o)
	if err != nil {
		return err
	}
	if result.Ratio < c.MinRatio {
		return fmt.Errorf("ratio %.2f < %.2f", result.Ratio, c.MinRatio)
	}
	return nil
}

// bareCmd is the other side of a measurement; it is started by benchCmd.
type bareCmd struct {
	At       string `required:""`
	Location string `required:""`
}

// Run serves bare redirects until the context ends.
func (c bareCmd) Run(t *terminal) error {
	return bench.ServeBare(t.ctx, web.FiberConfig(nil), c.At, c.Location)
}
