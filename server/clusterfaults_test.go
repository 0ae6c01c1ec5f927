package main

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"lensan/server/testkit"
)

var update = flag.Bool("update", false, "cause every fault of docs/faults.md, at full length, and write its table")

// TestFaults breaks one part after the other of two servers, three brokers and
// one database under load. With -update it does all that it can; in server/test.sh
// what is quick.
func TestFaults(t *testing.T) {
	if !testkit.Full() && !*update && os.Getenv("LENSAN_TEST_POSTGRES") == "" {
		testkit.LeaveOut(t, "two servers, three brokers and PostgreSQL that break", "that takes minutes: -update or server/test.sh do it")
		return
	}
	database := startPostgres(t)
	if database == nil {
		return
	}
	var rows table
	whole := true
	part := func(name string, run func(t *testing.T, database *postgres)) {
		before := len(rows)
		t.Run(name, func(t *testing.T) { run(t, database) })
		whole = whole && len(rows) > before
	}
	part("parts", rows.parts)
	if !*update {
		return
	}
	part("disks", rows.disks)
	part("full database", rows.fullDatabase)
	part("lost files", rows.lostFiles)
	part("clocks", rows.clocks)
	if whole && !t.Failed() {
		rows.write(t, "docs/faults.md")
	} else {
		t.Log("docs/faults.md is as it was: something failed or was left out")
	}
}

// parts breaks brokers, servers and PostgreSQL, and upgrades them.
func (rows *table) parts(t *testing.T, database *postgres) {
	c := newCluster(t, database.fresh())
	c.brokers = startBrokers(t, t.TempDir())
	c.up(16)
	long := func(short, whole time.Duration) time.Duration {
		if *update {
			return whole
		}
		return short
	}

	rows.run(c, "none", func(*visitors) { time.Sleep(time.Second) })
	rows.run(c, "the broker that leads the stream is killed", func(*visitors) {
		leader := c.brokers.leader()
		leader.kill()
		time.Sleep(3 * time.Second)
		leader.start()
	})
	rows.run(c, "the broker that leads the stream stands still for 4 s", func(*visitors) {
		leader := c.brokers.leader()
		leader.signal(syscall.SIGSTOP)
		time.Sleep(4 * time.Second)
		leader.signal(syscall.SIGCONT)
	})
	rows.run(c, "all brokers are killed, and start again after 3 s", func(*visitors) {
		for _, n := range c.brokers.list {
			n.kill()
		}
		time.Sleep(3 * time.Second)
		c.turned(true, true)
		for _, n := range c.brokers.list {
			n.start()
		}
	})
	rows.partition(c, long(8*time.Second, 30*time.Second))
	rows.run(c, "the server that applies is killed, and starts again after 3 s", func(v *visitors) {
		which := c.applying()
		c.servers[which].kill()
		killed := time.Now()
		c.takesOver(1 - which)
		time.Sleep(time.Until(killed.Add(3 * time.Second)))
		c.start(which)
		v.servers[which].Store(c.servers[which])
	})
	rows.run(c, "the server that applies stands still for 8 s", func(*visitors) {
		which := c.applying()
		c.servers[which].signal(syscall.SIGSTOP)
		begun := time.Now()
		c.takesOver(1 - which)
		time.Sleep(time.Until(begun.Add(8 * time.Second)))
		c.servers[which].signal(syscall.SIGCONT)
	})
	rows.run(c, "PostgreSQL is killed, and starts again after 3 s", func(*visitors) {
		database.kill()
		time.Sleep(3 * time.Second)
		database.start()
	})
	still := long(3*time.Second, time.Minute)
	rows.run(c, fmt.Sprintf("PostgreSQL stands still for %.0f s", still.Seconds()), func(*visitors) {
		stopped := database.freeze()
		time.Sleep(still)
		database.thaw(stopped)
	})
	rows.run(c, "both servers, all brokers and PostgreSQL are killed at one moment, and start again", func(v *visitors) {
		c.restart(database, v)
	})
	rows.upgrade(c)
	c.check()
	c.stop()
}

// partition cuts the server that applies from the brokers, and from nothing else.
func (rows *table) partition(c *cluster, whole time.Duration) {
	which := c.applying()
	through := *c.brokers
	var cables []*relay
	for i, n := range c.brokers.list {
		cable := startRelay(c.t, n.address)
		cables = append(cables, cable)
		through.list[i] = &broker{address: cable.address}
	}
	c.servers[which].stop()
	c.env[which] = []string{"LENSAN_JOURNAL_URL=" + through.url()}
	c.start(which)
	handOver := func() {
		c.servers[1-which].stop()
		c.takesOver(which)
		c.start(1 - which)
	}
	handOver()
	rows.run(c, fmt.Sprintf("the server that applies is cut off from the brokers for %.0f s", whole.Seconds()), func(v *visitors) {
		if c.applying() != which { // a slow machine may have taken its turn from it
			handOver()
			v.servers[1-which].Store(c.servers[1-which])
		}
		for _, cable := range cables {
			cable.cut()
		}
		begun := time.Now()
		c.takesOver(1 - which)
		time.Sleep(time.Until(begun.Add(whole)))
		c.turned(which == 0, which == 1)
		for _, cable := range cables {
			cable.mend()
		}
	})
	c.servers[which].stop()
	c.env[which] = nil
	c.start(which)
}

// restart kills all at once, and starts all.
func (c *cluster) restart(database *postgres, v *visitors) {
	c.t.Helper()
	var all sync.WaitGroup
	for _, n := range c.brokers.list {
		all.Go(n.kill)
	}
	for _, server := range c.servers {
		all.Go(server.kill)
	}
	all.Go(database.kill)
	all.Wait()
	for _, n := range c.brokers.list {
		n.start()
	}
	database.start()
	for i := range c.servers {
		c.start(i)
		v.servers[i].Store(c.servers[i])
	}
}
