// Command lensan distributes the links of the support portal as widgets and QR
// codes and counts what comes of them. Each command is a small file here; what
// they do lives in the rooms below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/text"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

type commands struct {
	config.Config `embed:""`

	Serve   serveCmd   `cmd:"" default:"withargs" help:"${help_serve}"`
	Demo    demoCmd    `cmd:"" help:"${help_demo}"`
	Migrate migrateCmd `cmd:"" help:"${help_migrate}"`
	Import  importCmd  `cmd:"" help:"${help_import}"`
	QR      qrCmd      `cmd:"" name:"qr" help:"${help_qr}"`
	Report  reportCmd  `cmd:"" help:"${help_report}"`
	Posters postersCmd `cmd:"" help:"${help_posters}"`
	Backup  backupCmd  `cmd:"" help:"${help_backup}"`
	Restore restoreCmd `cmd:"" help:"${help_restore}"`
	Copy    copyCmd    `cmd:"" help:"${help_copy}"`
	Check   checkCmd   `cmd:"" help:"${help_check}"`
	Bench   benchCmd   `cmd:"" help:"${help_bench}"`
	Version versionCmd `cmd:"" help:"${help_version}"`

	BenchBare bareCmd `cmd:"" hidden:""`
}

// terminal is what a command runs with.
type terminal struct {
	ctx      context.Context
	config   config.Config
	texts    *text.Bundle
	lang     *text.Language
	out, err io.Writer
}

// errReported is returned by a command that has said itself what went wrong.
var errReported = errors.New("reported")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run runs one command line and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) int {
	texts, err := text.Load(assets.Files)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return exitFailed
	}
	term := &terminal{ctx: ctx, texts: texts, lang: texts.In(text.FromEnvironment(getenv)), out: out, err: errOut}
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("lensan"), kong.Description(term.lang.T("cli.description")), helpVars(term.lang),
		kong.Writers(out, errOut), kong.Exit(func(status int) { exited = status }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return exitFailed
	}
	call, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "lensan: %v\n%s\n", err, term.lang.T("cli.see_help"))
		return exitUsage
	}
	if err := cli.Config.Check(); err != nil {
		term.explain(err)
		return exitUsage
	}
	term.config = cli.Config
	if err := call.Run(term); err != nil {
		term.explain(err)
		return exitFailed
	}
	return exitDone
}

// helpVars makes every text "cli.help_…" a kong variable of its name.
func helpVars(l *text.Language) kong.Vars {
	vars := kong.Vars{}
	for _, key := range l.Keys() {
		if name, ok := strings.CutPrefix(key, "cli."); ok && strings.HasPrefix(name, "help_") {
			vars[name] = l.T(key)
		}
	}
	return vars
}

// explain prints an error for a person, with one line a field at fault.
func (t *terminal) explain(err error) {
	var e *referral.Error
	switch {
	case errors.Is(err, errReported):
	case errors.As(err, &e):
		fmt.Fprintf(t.err, "lensan: %s\n", t.lang.Args(e.Key, e.Args))
		const most = 20 // of an import of thousands of rows
		for i, f := range e.Fields {
			if i == most {
				fmt.Fprintf(t.err, "  %s\n", t.lang.T("cli.more_faults", "n", t.lang.Number(int64(len(e.Fields)-most))))
				break
			}
			where := f.Field
			if f.Line > 0 {
				where = t.lang.T("cli.where", "line", fmt.Sprint(f.Line), "column", fmt.Sprint(f.Column), "field", f.Field)
			}
			fmt.Fprintf(t.err, "  %s: %s\n", where, t.lang.Args(f.Key, f.Args))
		}
	default:
		fmt.Fprintf(t.err, "lensan: %v\n", err)
	}
}
