package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far long work is: a bar on a terminal, else a line for
// every tenth.
type progress struct {
	t     *terminal
	bar   *progressbar.ProgressBar
	total int
	told  int
}

func (t *terminal) progress(what string, total int) *progress {
	p := &progress{t: t, total: total}
	if f, ok := t.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(t.err), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// done says that so many are finished.
func (p *progress) done(n int) {
	if p.bar != nil {
		_ = p.bar.Set(n) // a bar that cannot be drawn is no failure of the work
		return
	}
	if tenth := 10 * n / max(p.total, 1); tenth > p.told && p.total >= 20 {
		p.told = tenth
		fmt.Fprintf(p.t.err, "%s/%s\n", p.t.lang.Number(int64(n)), p.t.lang.Number(int64(p.total)))
	}
}
