package access

import (
	"context"
	"time"
)

// SetPause replaces what holds answers back.
func (a *Access) SetPause(fn func(context.Context, time.Duration) error) { a.pause = fn }

var MatchCode = matchCode
