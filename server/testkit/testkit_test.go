package testkit_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"lensan/server/testkit"
)

// What is missing is said in a plain run, and fails where it is promised.
func TestHas(t *testing.T) {
	if os.Getenv("LENSAN_TESTKIT_CHILD") == "1" {
		if testkit.Has(t, "no-such-program", "go") {
			t.Error("a program is there that is not")
		}
		return
	}
	for full, want := range map[string]string{"": "left out: what needs no-such-program and go", "1": "--- FAIL"} {
		child := exec.Command(os.Args[0], "-test.run=TestHas", "-test.v")
		child.Env = append(os.Environ(), "LENSAN_TESTKIT_CHILD=1", "LENSAN_TEST_FULL="+full)
		out, err := child.CombinedOutput()
		if (err != nil) != (full == "1") || !strings.Contains(string(out), want) || strings.Contains(string(out), "SKIP") {
			t.Errorf("LENSAN_TEST_FULL=%s: %v\n%s", full, err, out)
		}
	}
}
