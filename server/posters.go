package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lensan/server/app"
	"lensan/server/referral"
	"lensan/server/web"
)

type postersCmd struct {
	Codes  []string `arg:"" optional:"" name:"code" help:"${help_posters_codes}"`
	Batch  string   `help:"${help_posters_batch}" placeholder:"ID"`
	Paper  string   `enum:"A3,A4,A5,stickers," default:"" help:"${help_posters_paper}" placeholder:"A3|A4|A5|stickers"`
	Copies int      `help:"${help_posters_copies}" placeholder:"N"`
	Out    string   `required:"" help:"${help_posters_out}" placeholder:"FILE.pdf|.zip"`
	Lang   string   `enum:"vi,en" default:"vi" help:"${help_posters_lang}" placeholder:"vi|en"`
	Bleed  bool     `help:"${help_posters_bleed}"`
	Force  bool     `help:"${help_force}"`
}

// Run writes the posters to a file that is there whole or not at all.
func (c postersCmd) Run(t *terminal) error {
	codes, err := c.check()
	if err != nil {
		return err
	}
	posters, closeStore, err := app.OpenPosters(t.ctx, t.config, t.texts)
	if err != nil {
		return err
	}
	defer closeStore()
	file := web.PosterFile{Paper: referral.Paper(c.Paper), Bleed: c.Bleed, ZIP: strings.EqualFold(filepath.Ext(c.Out), ".zip"), Lang: c.Lang}
	var job *app.PosterJob
	if c.Batch != "" {
		job, err = posters.Batch(t.ctx, cliActor, c.Batch, file)
	} else {
		job, err = posters.Codes(t.ctx, cliActor, codes, c.Copies, file)
	}
	if err != nil {
		return err
	}
	if err := replaceFile(c.Out, c.Force, func(w io.Writer) error {
		return job.Write(t.ctx, w, t.progress(t.lang.T("cli.posters_progress"), job.Sheets).done)
	}); err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.T("cli.posters_written", "n", t.lang.Number(int64(job.Sheets)), "file", c.Out))
	return nil
}

// check reports every argument at fault by its name.
func (c *postersCmd) check() (codes []referral.Code, err error) {
	var f referral.Faults
	for _, written := range c.Codes {
		code, err := referral.ParseCode(written)
		if err != nil {
			f.Add(written, "error.code_unknown", "code", written)
		}
		codes = append(codes, code)
	}
	if (c.Batch == "") == (len(codes) == 0) {
		f.Add("--batch", "error.posters_what")
	}
	if c.Copies < 0 || c.Copies > referral.MaxCopies {
		f.Add("--copies", "error.range", "min", "1", "max", fmt.Sprint(referral.MaxCopies))
	}
	if c.Copies != 0 && c.Batch != "" {
		f.Add("--copies", "error.posters_copies")
	}
	if ext := strings.ToLower(filepath.Ext(c.Out)); ext != ".pdf" && ext != ".zip" {
		f.Add("--out", "error.posters_out")
	} else if _, err := os.Lstat(c.Out); err == nil && !c.Force {
		f.Add("--out", "error.file_exists", "path", c.Out)
	}
	return codes, f.Err()
}

// replaceFile writes a file under another name and moves it to path when it is
// whole and on disk. Without force it never replaces one.
func replaceFile(path string, force bool, write func(io.Writer) error) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".lensan-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	err = write(temporary)
	if err == nil {
		err = errors.Join(temporary.Chmod(0o644), temporary.Sync())
	}
	if err = errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	if force {
		return os.Rename(temporary.Name(), path)
	}
	if err := os.Link(temporary.Name(), path); errors.Is(err, fs.ErrExist) {
		return referral.Errorf(referral.ErrConflict, "error.file_exists", "path", path)
	} else if err != nil {
		return os.Rename(temporary.Name(), path) // a file system without hard links
	}
	return nil
}
