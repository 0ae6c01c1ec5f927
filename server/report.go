package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"lensan/server/app"
	"lensan/server/referral"
	monthly "lensan/server/report"
)

type reportCmd struct {
	Out      string `arg:"" name:"file.pdf" help:"${help_report_out}"`
	Month    string `required:"" help:"${help_report_month}" placeholder:"2026-10"`
	Province string `help:"${help_report_province}" placeholder:"89"`
	Lang     string `enum:"vi,en" default:"vi" help:"${help_report_lang}" placeholder:"vi|en"`
	Force    bool   `help:"${help_force}"`
}

// Run writes the report to a file that is there whole or not at all.
func (c reportCmd) Run(t *terminal) error {
	today := referral.DayOf(time.Now())
	month, err := monthly.ReadMonth(c.Month, "--month", today)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.Out); err == nil && !c.Force {
		return referral.Errorf(referral.ErrConflict, "error.file_exists", "path", c.Out)
	}
	maker, closeStore, err := app.OpenReports(t.ctx, t.config)
	if err != nil {
		return err
	}
	defer closeStore()
	o := monthly.Options{Month: month, Language: t.texts.In(c.Lang), On: today}
	if c.Province != "" {
		if o.Province, err = maker.Province(c.Province, month, "--province"); err != nil {
			return err
		}
	}
	if err := replaceFile(c.Out, c.Force, func(w io.Writer) error { return maker.Write(t.ctx, w, o) }); err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.report_written", "month", c.Month, "file", c.Out))
	return nil
}
