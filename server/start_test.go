package main

import (
	"strings"
	"testing"

	"lensan/server/testkit"
)

// A start that fails says why, and what to do.
func TestServe_refused(t *testing.T) {
	data := t.TempDir()
	server := start(t, data)
	for name, c := range map[string]struct {
		data string
		env  string
		want string
	}{
		"a folder in use":   {data, "", "A server is using " + data},
		"no database there": {t.TempDir(), "LENSAN_DATABASE_URL=postgres://lensan@" + testkit.FreeAddress(t) + "/lensan?sslmode=disable", "connection refused"},
	} {
		cmd := program(c.data, "serve")
		cmd.Env = append(cmd.Env, c.env)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(string(out), "lensan: ") || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	server.stop()
}
