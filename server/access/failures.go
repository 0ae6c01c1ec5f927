package access

import (
	"net/netip"
	"sync"
	"time"
)

// The rule against guessing passwords. Failures are counted by account name and
// by address (an IPv6 address by its /64), and forgotten after forgetAfter
// without a further one. From the 4th of a name and the 11th of an address on,
// the answer to each further attempt is held back: half a second, then twice as
// long each time, at most 8 s. It is a wait and never a lock: after it the right
// password is accepted, so nobody can keep another out by failing in his name.
// Waiting attempts are bounded by name and address together, by address, and in
// all; an attempt above a bound is refused, and whoever need not wait never meets one.
// An attempt that is under way counts for its name as if it failed, so that
// guesses that are made at the same time are held back like those one after the other.
const (
	freeByName    = 3
	freeByAddress = 10
	firstWait     = 500 * time.Millisecond
	longestWait   = 8 * time.Second
	forgetAfter   = 15 * time.Minute
	maxTracked    = 20_000
	longestName   = 1 << 10 // bytes, more than any account's takes

	maxWaitingPair    = 4
	maxWaitingAddress = 64
	maxWaiting        = 1024
)

type failures struct {
	mu       sync.Mutex
	counts   map[string]failure
	underWay map[string]int // by name
	waiting  map[string]int
	total    int
}

type failure struct {
	n    int
	last time.Time
}

func newFailures() *failures {
	return &failures{counts: map[string]failure{}, underWay: map[string]int{}, waiting: map[string]int{}}
}

// attempt is one try to sign in, seen by the rule.
type attempt struct{ name, address, pair string }

func newAttempt(name, address string) attempt {
	if ip, err := netip.ParseAddr(address); err == nil {
		ip = ip.Unmap().WithZone("")
		if ip.Is6() {
			if p, err := ip.Prefix(64); err == nil {
				ip = p.Addr()
			}
		}
		address = ip.String()
	}
	if len(name) > longestName {
		name = "" // nobody's: what is kept of an attempt must not grow with what was sent
	}
	return attempt{name: "name " + name, address: "address " + address, pair: "pair " + name + " " + address}
}

// enter returns how long the answer to an attempt is held back, which is under
// way until leave is called.
func (f *failures) enter(a attempt, now time.Time) (wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait = max(progressive(f.count(a.name, now)+f.underWay[a.name]-freeByName), progressive(f.count(a.address, now)-freeByAddress))
	f.underWay[a.name]++
	return wait
}

func (f *failures) leave(a attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.underWay[a.name]--; f.underWay[a.name] == 0 {
		delete(f.underWay, a.name)
	}
}

func (f *failures) count(key string, now time.Time) int {
	c := f.counts[key]
	if now.Sub(c.last) >= forgetAfter {
		return 0
	}
	return c.n
}

// progressive returns the wait after n failures beyond the free ones.
func progressive(n int) time.Duration {
	if n < 0 {
		return 0
	}
	wait := firstWait
	for ; n > 0 && wait < longestWait; n-- {
		wait *= 2
	}
	return min(wait, longestWait)
}

// begin takes a place among those that wait; false if there is none. After
// true, end must be called.
func (f *failures) begin(a attempt) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting[a.pair] >= maxWaitingPair || f.waiting[a.address] >= maxWaitingAddress || f.total >= maxWaiting {
		return false
	}
	f.waiting[a.pair]++
	f.waiting[a.address]++
	f.total++
	return true
}

func (f *failures) end(a attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range []string{a.pair, a.address} {
		if f.waiting[key]--; f.waiting[key] <= 0 {
			delete(f.waiting, key)
		}
	}
	f.total--
}

func (f *failures) failed(a attempt, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.counts) >= maxTracked {
		f.forget(now)
	}
	for _, key := range []string{a.name, a.address} {
		f.counts[key] = failure{n: f.count(key, now) + 1, last: now}
	}
}

// succeeded forgets a name's failures but not an address's: an attacker could
// else begin anew by signing in to an account of his own.
func (f *failures) succeeded(a attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.counts, a.name)
}

// forget makes room: what is old goes, and if that is not enough, what has the
// fewest failures.
func (f *failures) forget(now time.Time) {
	for limit := 0; len(f.counts) >= maxTracked*3/4; limit++ {
		for key, c := range f.counts {
			if now.Sub(c.last) >= forgetAfter || c.n <= limit {
				delete(f.counts, key)
			}
		}
	}
}
