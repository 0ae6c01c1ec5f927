package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"lensan/server/app"
	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/web"
)

type qrCmd struct {
	Codes    []string `arg:"" optional:"" help:"${help_qr_codes}"`
	Portal   string   `help:"${help_qr_portal}"`
	Campaign string   `help:"${help_qr_campaign}"`
	Batch    string   `help:"${help_qr_batch}"`
	Out      string   `required:"" type:"path" help:"${help_qr_out}"`
	Format   []string `enum:"svg,png,pdf,eps" default:"svg" help:"${help_qr_format}"`
	MM       float64  `name:"mm" help:"${help_qr_mm}"`
	Distance float64  `help:"${help_qr_distance}"`
	EC       string   `name:"ec" default:"Q" help:"${help_qr_ec}"`
	DPI      int      `name:"dpi" default:"300" help:"${help_qr_dpi}"`
	Quiet    int      `default:"4" help:"${help_qr_quiet}"`
	Logo     bool     `help:"${help_qr_logo}"`
	Force    bool     `help:"${help_force}"`
}

// Run writes CODE.format files into a folder. Unknown codes are all named and
// then nothing is written; a file that is there already is kept without --force.
func (c qrCmd) Run(t *terminal) error {
	r, closeStore, err := app.OpenRegistry(t.ctx, t.config)
	if err != nil {
		return err
	}
	defer closeStore()
	codes, err := c.codes(t.ctx, r)
	if err != nil {
		return err
	}
	o := qr.Options{Millimetres: c.MM, Distance: c.Distance, Level: c.EC, DPI: c.DPI, Quiet: c.Quiet, Logo: c.Logo}
	var paths []string
	for _, code := range codes {
		for _, format := range c.Format {
			paths = append(paths, filepath.Join(c.Out, string(code)+"."+format))
		}
	}
	if err := refuseExisting(paths, c.Force); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	bar := t.progress(t.lang.T("cli.qr_progress"), len(paths))
	for i, path := range paths {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		code, format := codes[i/len(c.Format)], c.Format[i%len(c.Format)]
		file, err := qr.Render(web.NewURLs(t.config.Base(), code).Scan, qr.Format(format), o)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, file, 0o644); err != nil {
			return err
		}
		bar.done(i + 1)
	}
	fmt.Fprintln(t.out, t.lang.T("cli.qr_done", "n", t.lang.Number(int64(len(paths))), "folder", c.Out))
	return nil
}

// codes returns the codes given, and those of portal, campaign and batch that
// are not retired.
func (c qrCmd) codes(ctx context.Context, r *registry.Registry) (codes []referral.Code, err error) {
	if codes, err = knownCodes(ctx, r, c.Codes); err != nil {
		return nil, err
	}
	if c.Portal != "" || c.Campaign != "" {
		err = eachPage(func(p registry.Page) (string, error) {
			list, next, err := r.Placements(ctx, cliActor, p, registry.Filter{Portal: c.Portal, Campaign: c.Campaign})
			for _, x := range list {
				if x.State != referral.PlacementRetired {
					codes = append(codes, x.Code)
				}
			}
			return next, err
		})
	}
	if c.Batch != "" && err == nil {
		err = eachPage(func(p registry.Page) (string, error) {
			list, next, err := r.Places(ctx, cliActor, c.Batch, p)
			for _, x := range list {
				if x.State != referral.PlacementRetired {
					codes = append(codes, x.Code)
				}
			}
			return next, err
		})
	}
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		return nil, referral.Errorf(referral.ErrInvalid, "cli.no_codes")
	}
	return codes, nil
}

// eachPage asks for the parts of a list until one says that none is next.
func eachPage(ask func(registry.Page) (next string, err error)) error {
	for page := (registry.Page{Limit: 500}); ; {
		next, err := ask(page)
		if err != nil || next == "" {
			return err
		}
		page.Cursor = next
	}
}

// knownCodes parses codes and looks each up; all that are wrong are named.
func knownCodes(ctx context.Context, r *registry.Registry, written []string) (codes []referral.Code, err error) {
	var f referral.Faults
	for _, s := range written {
		code, err := referral.ParseCode(s)
		if err == nil {
			_, err = r.Placement(ctx, cliActor, code)
		}
		if err != nil {
			if err := f.AddError(s, err); err != nil {
				return nil, err
			}
			continue
		}
		codes = append(codes, code)
	}
	return codes, f.Err()
}

// refuseExisting names the files that would be overwritten.
func refuseExisting(paths []string, force bool) error {
	if force {
		return nil
	}
	var f referral.Faults
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			f.Add(path, "cli.file_exists")
		}
	}
	return f.Err()
}

func oneFault(field, key string) error {
	var f referral.Faults
	f.Add(field, key)
	return f.Err()
}
