// Package testkit is what tests of several rooms share. Tests alone import it.
package testkit

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Full reports whether server/test.sh runs the tests (LENSAN_TEST_FULL=1): then
// everything that they need is promised, and long ones run whole.
func Full() bool { return os.Getenv("LENSAN_TEST_FULL") == "1" }

// LeaveOut says what a test does without, because why. Where all is promised
// the test fails there and then; else it goes on.
func LeaveOut(t testing.TB, what, why string) {
	t.Helper()
	if Full() {
		t.Fatalf("%s cannot be tested: %s", what, why)
	}
	t.Logf("left out: %s, because %s", what, why)
}

// Has reports whether all programs are there; where one is missing it says so
// with LeaveOut.
func Has(t testing.TB, programs ...string) bool {
	t.Helper()
	var missing []string
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		LeaveOut(t, "what needs "+strings.Join(programs, " and "), strings.Join(missing, " and ")+" is not installed")
	}
	return len(missing) == 0
}
