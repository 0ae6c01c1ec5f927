package app

import (
	"context"
	"sync"
	"time"

	"lensan/server/config"
	"lensan/server/store"
)

// Numbers of the locks whose holders check destinations and look at portals for
// all servers of a database.
const (
	healthTurn   = 0x1035
	coverageTurn = 0x1036
)

// How servers take turns.
const (
	turnEvery = time.Second // it is asked for, and whether it is lost
	turnWait  = 2 * time.Second
	turnRest  = 30 * time.Second // of a server that cannot do the work, so that another may
)

// duty is work that one server does for all that share a database. Without a
// turn, where no other server can be, it is always this server's.
type duty struct {
	turn *store.Turn
	wait time.Duration // for the database to say that the turn is still held
	away time.Duration // for which the turn is left to others
	mu   sync.Mutex
	held context.Context // ends with the turn; nil while another server has it
	rest time.Time       // until when it is left to others
}

// newDuty returns a duty of the server that has the turn of a number.
func newDuty(c config.Config, s *store.Store, number int64) *duty {
	if c.DatabaseURL == "" {
		return &duty{}
	}
	return &duty{turn: s.Turn(number), wait: turnWait, away: turnRest}
}

// run asks for the turn until ctx ends, and then gives it up.
func (d *duty) run(ctx context.Context) {
	if d.turn == nil {
		return
	}
	for ctx.Err() == nil {
		// A database that cannot be reached is told of by the work itself.
		if !d.rests() {
			if taken, err := d.turn.Take(ctx); err == nil && taken {
				d.hold(ctx)
				d.turn.End()
			}
		}
		pause(ctx, turnEvery)
	}
	d.turn.End()
}

// leave gives the turn to another server that wants it.
func (d *duty) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rest = time.Now().Add(d.away)
}

func (d *duty) rests() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.rest)
}

// hold returns when the turn is lost or left, or ctx ends.
func (d *duty) hold(ctx context.Context) {
	held, end := context.WithCancel(ctx)
	defer end()
	d.set(held)
	defer d.set(nil)
	for pause(ctx, turnEvery) && !d.rests() {
		wait, cancel := context.WithTimeout(ctx, d.wait)
		err := d.turn.Check(wait)
		cancel()
		if err != nil {
			return
		}
	}
}

func (d *duty) set(held context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = held
}

// job takes over what the others did, and works if that is this server's duty:
// no longer than it is. Without other servers there is nothing to take over.
func (d *duty) job(takeOver, work func(context.Context) error) func(context.Context) error {
	if d.turn == nil {
		return work
	}
	return func(ctx context.Context) error {
		if err := takeOver(ctx); err != nil {
			return err
		}
		d.mu.Lock()
		held := d.held
		d.mu.Unlock()
		if held == nil {
			return nil
		}
		working, end := context.WithCancel(ctx)
		defer end()
		defer context.AfterFunc(held, end)()
		err := work(working)
		if held.Err() != nil {
			return nil // what was left undone falls to the next
		}
		return err
	}
}

// pause returns false if ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
