package safely

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	if err := Run(func() error { return io.EOF }); err != io.EOF {
		t.Error(err)
	}
	before := Caught()
	var empty []int
	err := Run(func() error { return Run(func() error { _ = empty[len(empty)]; return nil }) })
	var p *Panic
	if !errors.As(err, &p) || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "safely_test.go:") || Caught() != before+1 {
		t.Error(err, Caught()-before)
	}
}
