package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// lostFiles takes their files from brokers: from one, from two at one moment,
// and from all.
func (rows *table) lostFiles(t *testing.T, database *postgres) {
	c := newCluster(t, database.fresh())
	c.brokers = startBrokers(t, t.TempDir())
	c.up(16)
	rows.run(c, "the broker that leads the stream loses its files, and starts again after 3 s", func(*visitors) {
		c.brokers.lose(c.brokers.leader())
	})
	rows.bereave(c, "two brokers lose their files at one moment, and start again after 3 s; so does the third if it does not catch up", func(*visitors) {
		leader := c.brokers.leader()
		for i, n := range c.brokers.list {
			if n != leader {
				c.brokers.lose(leader, c.brokers.list[i])
				break
			}
		}
		eventually(t, 60*time.Second, "both servers use the shared journal", func() error {
			return errors.Join(c.is(0, onFallback, false), c.is(1, onFallback, false))
		})
		time.Sleep(10 * time.Second)
		for _, n := range c.brokers.behind() {
			t.Logf("%s does not catch up", n.name)
			c.brokers.lose(n)
		}
	})
	rows.bereave(c, "all brokers lose their files at one moment, and start again after 3 s", func(*visitors) {
		c.brokers.lose(c.brokers.list[:]...)
	})
	rows.bereave(c, "the server that applies is killed, and all brokers lose their files, at one moment; all start again after 3 s", func(v *visitors) {
		which := c.applying()
		c.servers[which].kill()
		c.brokers.lose(c.brokers.list[:]...)
		c.start(which)
		v.servers[which].Store(c.servers[which])
	})
	c.check()
	c.stop()
}

// bereave takes from a majority of the brokers what it had confirmed. No more
// may be gone than was answered in the last moment before.
func (rows *table) bereave(c *cluster, name string, happens func(v *visitors)) {
	c.t.Helper()
	const moment = 2 * time.Second
	answered := int64(0)
	f := c.during(name, taken, func(v *visitors) {
		time.Sleep(moment)
		before := v.sum()
		time.Sleep(moment)
		answered = v.sum() - before
		happens(v)
	})
	if f.lost > answered {
		c.t.Errorf("%s: %d lost, and %d answered in the %s before", name, f.lost, answered, moment)
	}
	*rows = append(*rows, f)
}

// lose ends brokers at once, takes their files away and starts them again.
func (b *brokers) lose(list ...*broker) {
	b.t.Helper()
	var all sync.WaitGroup
	for _, n := range list {
		all.Go(n.kill)
	}
	all.Wait()
	for _, n := range list {
		if files, err := filepath.Glob(filepath.Join(n.store, "jetstream", "*")); len(files) == 0 {
			b.t.Fatalf("%s keeps nothing in %s (%v)", n.name, n.store, err)
		}
		if err := os.RemoveAll(n.store); err != nil {
			b.t.Fatal(err)
		}
	}
	time.Sleep(3 * time.Second)
	for _, n := range list {
		n.start()
	}
}
