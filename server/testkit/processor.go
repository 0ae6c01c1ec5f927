package testkit

import (
	"syscall"
	"testing"
	"time"
)

// ProcessorTime returns for how long the process has computed so far. What it
// takes of that does not depend on what else the machine does.
func ProcessorTime(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
