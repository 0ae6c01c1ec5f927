package main

import (
	"fmt"

	"lensan/server/app"
)

type restoreCmd struct {
	File string `arg:"" type:"existingfile" help:"${help_restore_file}"`
}

// Run puts a backup into a data folder that holds no data.
func (c restoreCmd) Run(t *terminal) error {
	m, err := app.Restore(t.ctx, t.config, c.File)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.restored", "data", t.config.Data, "n", t.lang.Number(m.Clicks), "time", t.lang.Time(m.CreatedAt)))
	return nil
}
