package health

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"lensan/server/referral"
	"lensan/server/safely"
)

// Options are what a caller may choose.
type Options struct {
	Interval time.Duration // between two checks of a destination; 0: nothing is checked
	Now      func() time.Time
	Log      *slog.Logger
}

// system is who checks.
const system = "system"

// maxWitnesses is how many others are asked whether the fault is here.
const maxWitnesses = 3

// Checker checks destinations. It is safe for use by many goroutines.
type Checker struct {
	o        Options
	store    Store
	registry Registry
	asker    Asker
	offline  atomic.Bool // in the latest Tick

	writing  sync.Mutex // held while a status is changed and the registry told
	mu       sync.Mutex
	statuses map[string]Status
	due      map[string]time.Time
}

// New returns a Checker that knows nothing; Load reads what was known.
func New(s Store, r Registry, a Asker, o Options) *Checker {
	return &Checker{o: o, store: s, registry: r, asker: a, statuses: map[string]Status{}, due: map[string]time.Time{}}
}

// Load reads what was known when the server last ran, or what other servers
// have found and admins have said there since, and tells the registry.
func (c *Checker) Load(ctx context.Context) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.load(ctx)
}

// load is called with writing held. What another server has just checked is not
// due here before its time, and due at once where an admin let the checks
// decide again.
func (c *Checker) load(ctx context.Context) error {
	list, err := c.store.HealthStatuses(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	for _, s := range list {
		before, known := c.statuses[s.Destination]
		switch {
		case known && before.Forced != "" && s.Forced == "":
			c.due[s.Destination] = c.o.Now()
		case known && s.CheckedAt.After(before.CheckedAt):
			c.due[s.Destination] = s.CheckedAt.Add(s.next(c.o.Interval, rand.Float64()))
		}
		c.statuses[s.Destination] = s
	}
	c.mu.Unlock()
	return c.tell(ctx)
}

// Status returns what is known of a destination; of one that was never checked,
// that it is Unknown.
func (c *Checker) Status(id string) Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, known := c.statuses[id]
	if !known {
		return Status{Destination: id, State: Unknown}
	}
	return s
}

// Tick checks the destinations that are due. It is called every few seconds.
func (c *Checker) Tick(ctx context.Context) error {
	if c.o.Interval == 0 {
		return nil
	}
	all, err := c.registry.Destinations(ctx)
	if err != nil {
		return err
	}
	c.offline.Store(false)
	var jobs sync.WaitGroup
	var mu sync.Mutex
	for _, d := range all {
		if c.isDue(d.ID) {
			jobs.Go(func() {
				fault := safely.Run(func() error { return c.check(ctx, d, all) })
				var panicked *safely.Panic
				if errors.As(fault, &panicked) { // so it would be again at once
					c.putOff(d.ID, c.o.Interval)
				}
				mu.Lock()
				defer mu.Unlock()
				err = errors.Join(err, fault)
			})
		}
	}
	jobs.Wait()
	return err
}

// Offline reports whether the latest Tick found that nothing can be reached from
// here.
func (c *Checker) Offline() bool { return c.offline.Load() }

// isDue reports whether it is time, and puts a destination that is seen for the
// first time somewhere in the first tenth of the interval.
func (c *Checker) isDue(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, known := c.due[id]
	if !known {
		at = c.o.Now().Add(time.Duration(rand.Float64() * float64(c.o.Interval) / 10))
		c.due[id] = at
	}
	return !c.o.Now().Before(at)
}

// check looks at one destination and takes the result in.
func (c *Checker) check(ctx context.Context, d referral.Destination, all []referral.Destination) error {
	at, err := address(d)
	if err != nil {
		return err
	}
	s := c.Status(d.ID)
	known := s.KnownHost
	if s.URL != d.URL {
		known = ""
	}
	r := look(ctx, c.asker, at, known, c.o.Now)
	if r.Reason.ofNetwork() && !c.online(ctx, d, all) {
		r.Reason = Offline
		c.offline.Store(true)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.take(ctx, d, r)
}

// online asks others that were alive when it last looked; false only if there
// are such and none can be reached.
func (c *Checker) online(ctx context.Context, d referral.Destination, all []referral.Destination) bool {
	asked := 0
	for _, other := range all {
		if asked == maxWitnesses {
			break
		}
		at, err := address(other)
		if err != nil || c.Status(other.ID).State != Alive || hostOf(other) == hostOf(d) {
			continue
		}
		asked++
		if r := look(ctx, c.asker, at, "", c.o.Now); !r.Reason.ofNetwork() {
			return true
		}
	}
	return asked == 0
}

func hostOf(d referral.Destination) string {
	t, err := referral.ParseTarget(d.URL)
	if err != nil {
		return ""
	}
	return t.Host()
}

// take keeps a result and, where it changes what counts, tells the registry.
func (c *Checker) take(ctx context.Context, d referral.Destination, r Result) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.load(ctx); err != nil {
		return err
	}
	before := c.Status(d.ID)
	after := before
	if after.URL != d.URL {
		after = Status{Destination: d.ID, URL: d.URL, State: Unknown, Forced: before.Forced, ForcedBy: before.ForcedBy,
			ForcedReason: before.ForcedReason, ForcedAt: before.ForcedAt}
	}
	now := c.o.Now().UTC().Truncate(time.Millisecond)
	changed := after.step(r, now)
	var e *Event
	if changed || before.Reason != after.Reason {
		e = &Event{Time: now, Before: before.Effective(), After: after.Effective(), Result: after.Result, Actor: system}
	}
	if err := c.keep(ctx, before, after, e, system, ""); err != nil {
		return err
	}
	c.putOff(d.ID, after.next(c.o.Interval, rand.Float64()))
	return nil
}

// keep writes a status with its event and, where what counts has changed from
// or to Dead, an entry of the destination's history; then it tells the registry.
func (c *Checker) keep(ctx context.Context, before, after Status, e *Event, actor, reason string) error {
	was, is := before.Effective(), after.Effective()
	var change *referral.Change
	if before.Forced != after.Forced || was != is && (was == Dead || is == Dead) {
		change = changeOf(before, after, actor, reason, e.Time)
	}
	save := c.store.ForceHealth
	if actor == system {
		save = c.store.SaveHealth
	}
	if err := save(ctx, after, e, change); err != nil {
		return err
	}
	c.mu.Lock()
	c.statuses[after.Destination] = after
	c.mu.Unlock()
	if was == is {
		return nil
	}
	c.o.Log.Info("destination's health changed", slog.String("destination", after.Destination), slog.String("from", string(was)),
		slog.String("to", string(is)), slog.String("reason", string(after.Reason)))
	return c.tell(context.WithoutCancel(ctx))
}

// tell gives the registry all that are dead.
func (c *Checker) tell(ctx context.Context) error {
	dead := map[string]bool{}
	c.mu.Lock()
	for id, s := range c.statuses {
		if s.Effective() == Dead {
			dead[id] = true
		}
	}
	c.mu.Unlock()
	return c.registry.SetDead(ctx, dead)
}

// Events returns the latest events of a destination, newest first.
func (c *Checker) Events(ctx context.Context, id string) ([]Event, error) {
	return c.store.HealthEvents(ctx, id, maxEvents)
}

const maxEvents = 100

// soon makes a destination due now.
func (c *Checker) soon(id string) { c.putOff(id, 0) }

// putOff makes a destination due after a while.
func (c *Checker) putOff(id string, by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due[id] = c.o.Now().Add(by)
}
