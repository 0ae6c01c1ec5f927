// Package safely makes a panic an error of the request, the job or the page of
// somebody else at which it came, so that it does not end the process and all
// redirects with it.
package safely

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

var caught atomic.Uint64

// Caught returns how many panics Run has caught since the start.
func Caught() uint64 { return caught.Load() }

// Panic is what Run makes of a panic.
type Panic struct {
	Value any
	Stack []byte // of the goroutine, as debug.Stack writes it
}

// Error holds the stack: who reads it in a log has nothing else to go by.
func (p *Panic) Error() string { return fmt.Sprintf("panicked: %v\n%s", p.Value, p.Stack) }

// Run calls f and returns its error, or the *Panic with which it ended. What f
// had changed by then stays changed.
func Run(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			caught.Add(1)
			err = &Panic{value, debug.Stack()}
		}
	}()
	return f()
}
