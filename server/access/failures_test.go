package access

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// wait is how long an attempt would be held back that is not made.
func (f *failures) wait(a attempt, now time.Time) time.Duration {
	defer f.leave(a)
	return f.enter(a, now)
}

var start = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func TestFailures_waitGrows(t *testing.T) {
	f := newFailures()
	a := newAttempt("lan", "192.0.2.1")
	for i, want := range []time.Duration{0, 0, 0, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second} {
		if got := f.wait(a, start); got != want {
			t.Errorf("after %d failures: wait %s, want %s", i, got, want)
		}
		f.failed(a, start)
	}
	if got := f.wait(newAttempt("lan", "198.51.100.7"), start); got != longestWait {
		t.Errorf("the same name from elsewhere waits %s", got)
	}
	if got := f.wait(newAttempt("minh", "198.51.100.7"), start); got != 0 {
		t.Errorf("another name from elsewhere waits %s", got)
	}
	if got := f.wait(a, start.Add(forgetAfter)); got != 0 {
		t.Errorf("after %s: wait %s", forgetAfter, got)
	}
	f.succeeded(a)
	if got := f.wait(newAttempt("lan", "198.51.100.7"), start); got != 0 {
		t.Errorf("after a success: wait %s", got)
	}
}

// Attempts that are under way together wait like failures one after the other,
// and no longer than they last.
func TestFailures_atTheSameTime(t *testing.T) {
	f := newFailures()
	a := newAttempt("lan", "192.0.2.1")
	for i, want := range []time.Duration{0, 0, 0, firstWait, 2 * firstWait} {
		if got := f.enter(a, start); got != want {
			t.Errorf("attempt %d waits %s, want %s", i+1, got, want)
		}
	}
	if got := f.wait(newAttempt("minh", "192.0.2.1"), start); got != 0 {
		t.Errorf("another name at the same address waits %s", got)
	}
	for range 5 {
		f.leave(a)
	}
	if got := f.wait(a, start); got != 0 || len(f.underWay) != 0 {
		t.Errorf("afterwards: %s, %v", got, f.underWay)
	}
}

func TestFailures_addressTryingManyNames(t *testing.T) {
	f := newFailures()
	for i := range freeByAddress {
		f.failed(newAttempt(fmt.Sprint("name", i), "2001:db8:1:2::1"), start)
	}
	for address, want := range map[string]time.Duration{
		"2001:db8:1:2::1":          firstWait,
		"2001:db8:1:2:ffff::9%eth": firstWait,
		"2001:db8:1:3::1":          0,
	} {
		if got := f.wait(newAttempt("fresh", address), start); got != want {
			t.Errorf("from %s: wait %s, want %s", address, got, want)
		}
	}
}

func TestFailures_nobodyTakesAllPlaces(t *testing.T) {
	f := newFailures()
	attacker := newAttempt("lan", "192.0.2.1")
	for i := range maxWaitingPair {
		if !f.begin(attacker) {
			t.Fatalf("place %d refused", i)
		}
	}
	if f.begin(attacker) {
		t.Error("one name and address takes more than its places")
	}
	if owner := newAttempt("lan", "198.51.100.7"); !f.begin(owner) {
		t.Error("the owner is refused elsewhere")
	}
	if neighbour := newAttempt("minh", "192.0.2.1"); !f.begin(neighbour) {
		t.Error("another name is refused at the same address")
	}
	for range maxWaitingPair {
		f.end(attacker)
	}
	if !f.begin(attacker) {
		t.Error("a place that was given back is refused")
	}
}

func TestFailures_namesAreBounded(t *testing.T) {
	f := newFailures()
	f.failed(newAttempt(strings.Repeat("x", 1<<20), "192.0.2.1"), start)
	for key := range f.counts {
		if len(key) > 2*longestName {
			t.Errorf("%d bytes are kept of an attempt", len(key))
		}
	}
	if longest := newAttempt("code "+strings.Repeat("𐐨", 254), "192.0.2.1"); f.wait(longest, start) != 0 || longest.name == newAttempt("", "").name {
		t.Error("the longest name of an account is not told apart")
	}
}

func TestFailures_memoryIsBounded(t *testing.T) {
	f := newFailures()
	persistent := newAttempt("lan", "192.0.2.1")
	for range 20 {
		f.failed(persistent, start)
	}
	for i := range 3 * maxTracked {
		f.failed(newAttempt(fmt.Sprint("name", i), "203.0.113.5"), start)
	}
	if len(f.counts) > maxTracked+1 {
		t.Errorf("%d counts are kept", len(f.counts))
	}
	if got := f.wait(persistent, start); got != longestWait {
		t.Errorf("a flood of names washes the count of one away: wait %s", got)
	}
	if len(f.waiting) != 0 || f.total != 0 {
		t.Errorf("%d waiting", f.total)
	}
}
