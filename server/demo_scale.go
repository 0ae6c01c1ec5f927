package main

import (
	"fmt"
	"time"

	"lensan/server/app"
	"lensan/server/demo"
	"lensan/server/referral"
)

// measure fills three years and prints how long questions to them take.
func (c demoCmd) measure(t *terminal) error {
	o := demo.ScaleOptions{Seed: c.Seed, Today: referral.DayOf(time.Now()), Days: c.Days, Progress: t.demoProgress()}
	if o.Days == 0 {
		o.Days = demo.ScaleDays
	}
	r, err := app.MeasureScale(t.ctx, t.config, o, max(1, c.Times), t.demoAsked())
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.scale_made", "clicks", t.lang.Number(r.Clicks), "days", t.lang.Number(int64(o.Days)), "seconds", t.lang.Number(int64(r.Took.Seconds())),
		"mb", t.lang.Number(r.Bytes>>20), "kb", t.lang.Number(r.Bytes/1024*1_000_000/max(1, r.Clicks))))
	for _, table := range r.Tables {
		fmt.Fprintf(t.out, "  %-30s %12s\n", table.Table, t.lang.Number(table.Rows))
	}
	fmt.Fprintln(t.out, t.lang.T("cli.scale_answers", "times", fmt.Sprint(max(1, c.Times))))
	for _, a := range r.Answers {
		fmt.Fprintf(t.out, "  %-30s %8s %8.1f %8.1f\n", a.Question, t.lang.Number(int64(a.Rows)), milliseconds(a.P50), milliseconds(a.P95))
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// demoAsked shows on a terminal what is being asked.
func (t *terminal) demoAsked() func(question string) {
	if t.demoProgress() == nil {
		return func(string) {}
	}
	return func(question string) { fmt.Fprintf(t.err, "\r\x1b[K%s\r", question) }
}
