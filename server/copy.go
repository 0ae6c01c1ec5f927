package main

import (
	"fmt"

	"lensan/server/app"
)

type copyCmd struct {
	To string `required:"" env:"LENSAN_COPY_TO" help:"${help_copy_to}" placeholder:"postgres://…"`
}

// Run moves the database of the data folder to PostgreSQL while no server runs.
func (c copyCmd) Run(t *terminal) error {
	tables, rows := 0, int64(0)
	err := app.CopyTo(t.ctx, t.config, c.To, func(table string, n int64) {
		tables, rows = tables+1, rows+n
		fmt.Fprintf(t.err, "%s: %s\n", table, t.lang.Number(n))
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.copied", "tables", t.lang.Number(int64(tables)), "rows", t.lang.Number(rows)))
	return nil
}
