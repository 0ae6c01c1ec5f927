package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version: the module's, or the commit that was built.
func (versionCmd) Run(t *terminal) error {
	fmt.Fprintln(t.out, "lensan", version())
	return nil
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+"
		}
	}
	if len(commit) > 12 {
		commit = commit[:12]
	}
	return fmt.Sprintf("%s %s%s %s", info.Main.Version, commit, dirty, info.GoVersion)
}
