package main

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"lensan/server/referral"
)

// clock is the wall clock of some processes: this machine's, and so many
// seconds. See testdata/clock.
type clock struct {
	path  string
	ahead *int64
}

func newClock(t *testing.T) *clock {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(path, binary.NativeEndian.AppendUint64(nil, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, err := syscall.Mmap(int(f.Fd()), 0, 8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	return &clock{path, (*int64)(unsafe.Pointer(&page[0]))}
}

func (c *clock) set(ahead time.Duration) { atomic.StoreInt64(c.ahead, int64(ahead/time.Second)) }

// today returns its day; a nil clock is this machine's.
func (c *clock) today() referral.Day {
	now := time.Now()
	if c != nil {
		now = now.Add(time.Duration(atomic.LoadInt64(c.ahead)) * time.Second)
	}
	return referral.DayOf(now)
}

func (c *clock) setting() string { return "LENSAN_TEST_CLOCK=" + c.path }

// withClocks is an overlay that gives every program built with it a clock that
// can be set: that of Go's own package time, so of all that it is made of.
func withClocks(t *testing.T) (flag string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src/time")
	raw, err := os.ReadFile(filepath.Join(folder, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const reading = "\tsec, nsec, mono := runtimeNow()\n"
	if n := strings.Count(string(raw), reading); n != 1 {
		t.Fatalf("package time reads the clock %d times as this test knows it", n)
	}
	changed := filepath.Join(t.TempDir(), "time.go")
	write(t, changed, strings.Replace(string(raw), reading, reading+"\tsec += shift()\n", 1))
	return overlay(t, map[string]string{
		filepath.Join(folder, "time.go"):  changed,
		filepath.Join(folder, "shift.go"): absolute(t, "testdata/clock/shift.go"),
	})
}

// clocks sets the clocks of servers and brokers while people click.
func (rows *table) clocks(t *testing.T, database *postgres) {
	flag := withClocks(t)
	c := newCluster(t, database.fresh())
	brokers := newClock(t)
	c.clocks = [2]*clock{newClock(t), newClock(t)}
	c.brokers = startBrokersOf(t, t.TempDir(), build(t, natsServer, "-overlay", flag), brokers.setting())
	program := build(t, "lensan/server", "-overlay", flag)
	for i, clock := range c.clocks {
		c.programs[i], c.env[i] = program, []string{clock.setting()}
	}
	c.up(16)
	all := func(ahead time.Duration) {
		for _, clock := range []*clock{brokers, c.clocks[0], c.clocks[1]} {
			clock.set(ahead)
		}
	}
	run := func(name string, happens func()) {
		before := c.daily()
		var people *visitors
		rows.run(c, name, func(v *visitors) {
			people = v
			happens()
		})
		c.compareDays(name, before, people)
	}
	run("the clock of one server is set an hour ahead, and back 3 s later", func() {
		c.clocks[0].set(time.Hour)
		time.Sleep(3 * time.Second)
		c.clocks[0].set(0)
		time.Sleep(2 * time.Second)
	})
	run("the clocks of servers and brokers are set an hour ahead", func() {
		all(time.Hour)
		time.Sleep(3 * time.Second)
	})
	run("the clocks of servers and brokers are set an hour back", func() {
		all(0)
		time.Sleep(3 * time.Second)
	})
	eventually(t, time.Minute, "clicks are trimmed as ever", func() error {
		info, err := c.brokers.look()
		if err == nil && info.State.Msgs > 0 {
			err = fmt.Errorf("%d batches are kept", info.State.Msgs)
		}
		return err
	})
	run("the clocks pass midnight in Viet Nam, are set back before it, and pass it again", func() {
		ahead := time.Until((referral.DayOf(time.Now()) + 1).Start().Add(-3 * time.Second))
		all(ahead)
		time.Sleep(5 * time.Second)
		all(ahead - 5*time.Second)
		time.Sleep(6 * time.Second)
	})
	c.check()
	c.stop()
}

// daily returns what is recorded of each day around today.
func (c *cluster) daily() map[referral.Day]int64 {
	c.t.Helper()
	days := map[referral.Day]int64{}
	for today, day := referral.DayOf(time.Now()), referral.DayOf(time.Now())-1; day <= today+2; day++ {
		var one report
		c.servers[0].call("GET", fmt.Sprintf("/stats?from=%s&to=%s", day, day), nil, http.StatusOK, &one)
		days[day] = one.Total.Recorded
	}
	return days
}

// compareDays holds the days of what was recorded against those that the
// servers' clocks showed from a request to its answer.
func (c *cluster) compareDays(name string, before map[referral.Day]int64, v *visitors) {
	c.t.Helper()
	cut := int64(0)
	for i := range v.cut {
		cut += v.cut[i].Load()
	}
	for day, after := range c.daily() {
		got, sure, torn := after-before[day], v.days[day], v.torn[day]
		if got < sure || got > sure+torn+cut {
			c.t.Errorf("%s: %d recorded on %s, %d answered on it, %d perhaps", name, got, day, sure, torn)
		}
		if got > 0 {
			c.t.Logf("%s: %d recorded on %s, %d answered on it, %d perhaps", name, got, day, sure, torn)
		}
	}
}
