package main

import (
	"fmt"

	"lensan/server/app"
)

type backupCmd struct {
	File string `arg:"" type:"path" help:"${help_backup_file}"`
}

// Run writes a backup, beside a server or without one.
func (c backupCmd) Run(t *terminal) error {
	m, err := app.Backup(t.ctx, t.config, version(), c.File)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.backup_written", "file", c.File, "n", t.lang.Number(m.Clicks), "mb", t.lang.Number((m.Size+999_999)/1_000_000)))
	return nil
}
