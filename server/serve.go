package main

import (
	"fmt"
	"log/slog"
	"runtime"

	"lensan/server/app"
)

type serveCmd struct{}

// Run serves until the context ends, then stops gracefully.
func (serveCmd) Run(t *terminal) error {
	// A commit holds a thread while the disk works. With one processor for Go
	// every request would wait for it too: a third fewer redirects on one core.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	a, err := app.New(t.ctx, t.config, app.Options{Texts: t.texts, Log: slog.New(slog.NewTextHandler(t.err, nil))})
	if err != nil {
		return err
	}
	if err := a.Listen(); err != nil {
		a.Close()
		return err
	}
	t.greet(a)
	return a.Run(t.ctx)
}

// greet says where the server is, and on a first start how to sign in. The
// sign-in link works once; it goes to the terminal, never to the log.
func (t *terminal) greet(a *app.App) {
	base := t.config.Base()
	fmt.Fprintln(t.out, t.lang.T("cli.serving", "base", base, "address", a.Addr().String()))
	if a.Invitation != "" {
		fmt.Fprintln(t.out, t.lang.T("cli.first_sign_in", "url", base+"/thong-ke/loi-moi/"+a.Invitation))
	}
}
