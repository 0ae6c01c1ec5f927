package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"lensan/server/app"
	"lensan/server/referral"
	"lensan/server/registry"
)

type importCmd struct {
	What   string `arg:"" enum:"portals,placements,places" help:"${help_import_what}"`
	File   string `arg:"" type:"existingfile" help:"${help_import_file}"`
	Batch  string `help:"${help_import_batch}" placeholder:"ID"`
	Portal string `help:"${help_import_portal}" placeholder:"ID"`
	Name   string `help:"${help_import_name}"`
}

var cliActor = referral.Actor{Kind: "cli", Role: referral.RoleAdmin}

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
	count := 0
	switch c.What {
	case "portals":
		list, importErr := r.ImportPortals(t.ctx, cliActor, file)
		count, err = len(list), importErr
	case "placements":
		list, importErr := r.ImportPlacements(t.ctx, cliActor, file)
		count, err = len(list), importErr
		for _, p := range list {
			fmt.Fprintf(t.out, "%s  %s  %s\n", p.Code, p.Portal, p.Label)
		}
	case "places":
		list, importErr := c.places(t, r, file)
		count, err = len(list), importErr
		for _, p := range list {
			fmt.Fprintf(t.out, "%s  %s  %s\n", p.Code, p.Label, p.Commune)
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.imported_"+c.What, "n", t.lang.Number(int64(count))))
	return nil
}

// places adds places to a draft, which it makes for a portal if it is not there.
func (c importCmd) places(t *terminal, r *registry.Registry, file io.Reader) ([]referral.PrintPlace, error) {
	if c.Batch == "" {
		return nil, oneFault("--batch", "error.required")
	}
	if _, err := r.Batch(t.ctx, cliActor, c.Batch); errors.Is(err, referral.ErrNotFound) && c.Portal != "" {
		name := c.Name
		if name == "" {
			name = c.Batch
		}
		if _, err := r.CreateBatch(t.ctx, cliActor, registry.BatchInput{ID: &c.Batch, Name: &name, Portal: &c.Portal}); err != nil {
			return nil, err
		}
	}
	return r.ImportPlaces(t.ctx, cliActor, c.Batch, file, false)
}
