package main

import (
	"fmt"
	"os"

	"lensan/server/app"
	"lensan/server/referral"
)

type importCmd struct {
	What string `arg:"" enum:"portals,placements" help:"${help_import_what}"`
	File string `arg:"" type:"existingfile" help:"${help_import_file}"`
}

// Run imports a CSV file, all rows or none. A server on the same data sees it
// within a second.
func (c importCmd) Run(t *terminal) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	r, closeStore, err := app.OpenRegistry(t.ctx, t.config)
	if err != nil {
		return err
	}
	defer closeStore()
	actor := referral.Actor{Kind: "cli", Role: referral.RoleAdmin}
	count := 0
	if c.What == "portals" {
		list, importErr := r.ImportPortals(t.ctx, actor, file)
		count, err = len(list), importErr
	} else {
		list, importErr := r.ImportPlacements(t.ctx, actor, file)
		count, err = len(list), importErr
		for _, p := range list {
			fmt.Fprintf(t.out, "%s  %s  %s\n", p.Code, p.Portal, p.Label)
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.imported_"+c.What, "n", t.lang.Number(int64(count))))
	return nil
}
