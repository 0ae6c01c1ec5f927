package main

import (
	"fmt"

	"lensan/server/app"
)

type checkCmd struct{}

// Run looks at everything a server needs and says how to mend what is wrong.
func (checkCmd) Run(t *terminal) error {
	failed := false
	for _, f := range app.Check(t.ctx, t.config) {
		mark := map[app.Level]string{app.Fine: "✓", app.Warning: "!", app.Failure: "✗"}[f.Level]
		failed = failed || f.Level == app.Failure
		fmt.Fprintf(t.out, "%s %-12s %s\n", mark, t.lang.T("check.subject_"+f.Subject), t.lang.Args("check."+f.Key, f.Args))
	}
	if failed {
		return errReported
	}
	return nil
}
