package jetstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

var _ clicklog.Journal = (*Journal)(nil)

func TestJournal_appendReadTrim(t *testing.T) {
	j, s := one(t)
	if j.ID() != "" || j.Err() == nil {
		t.Errorf("before it was reached: %q, %v", j.ID(), j.Err())
	}
	reached(t, j)
	if j.ID() == "" || j.Err() != nil {
		t.Errorf("%q, %v", j.ID(), j.Err())
	}
	want := []clicklog.Batch{{Seq: 1, Data: []byte{}}} // the probe
	for n := 1; n <= 20; n++ {
		data := batch(clicklog.Ticket{}, n)
		seq := mustAppend(t, j, data, n)
		want = append(want, clicklog.Batch{After: seq - 1, Seq: seq, N: n, Data: data})
	}
	if diff := cmp.Diff(want, readAll(t, j, 0)); diff != "" {
		t.Errorf("from the beginning: %s", diff)
	}
	if diff := cmp.Diff(want[9:], readAll(t, j, 9)); diff != "" {
		t.Errorf("from the middle: %s", diff)
	}
	if err := j.Trim(patient(t), 15); err != nil {
		t.Fatal(err)
	}
	want[15].After = 0
	if diff := cmp.Diff(want[15:], readAll(t, j, 0)); diff != "" {
		t.Errorf("after a trim: %s", diff)
	}
	want[15].After = 15
	if diff := cmp.Diff(want[15:], readAll(t, j, 15)); diff != "" {
		t.Errorf("from where it was trimmed: %s", diff)
	}
	if err := j.Trim(patient(t), 21); err != nil {
		t.Fatal(err)
	}
	if list := readAll(t, j, 0); len(list) != 0 {
		t.Errorf("%d batches after all were trimmed", len(list))
	}
	other := reached(t, open(t, s.ClientURL()))
	if other.ID() != j.ID() {
		t.Errorf("one stream is %s and %s", j.ID(), other.ID())
	}
	for _, j := range []*Journal{j, other} {
		if last, err := j.LastNow(patient(t)); last != 22 || err != nil { // the other one probed
			t.Errorf("last %d, %v", last, err)
		}
		if last, err := j.Last(patient(t)); last != 22 || err != nil {
			t.Errorf("last known %d, %v", last, err)
		}
		if list := readAll(t, j, 21); len(list) != 1 || list[0].N != 0 {
			t.Errorf("%d batches left", len(list))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ctx, batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// A ticket is known again by the stream itself for a while.
func TestAppend_ticketTwice(t *testing.T) {
	j, _ := one(t)
	reached(t, j)
	data := batch(clicklog.Ticket{Origin: "A", Number: 1}, 3)
	first := mustAppend(t, j, data, 3)
	if again := mustAppend(t, j, data, 3); again != first {
		t.Errorf("%d, then %d", first, again)
	}
	if other := mustAppend(t, j, batch(clicklog.Ticket{Origin: "A", Number: 2}, 3), 3); other != first+1 {
		t.Errorf("%d after %d", other, first)
	}
	if _, err := j.Append(t.Context(), []byte{0xb1}, 1); !errors.Is(err, clicklog.ErrMalformed) {
		t.Errorf("half a ticket: %v", err)
	}
}

// Several goroutines of two servers append while a third reads and trims:
// it sees all, in order, once.
func TestJournal_manyAtOnce(t *testing.T) {
	j, s := one(t)
	reached(t, j)
	reader := reached(t, open(t, s.ClientURL()))
	const writers, each = 8, 60
	var all sync.WaitGroup
	for w := range writers {
		from := j
		if w%2 == 0 {
			from = reached(t, open(t, s.ClientURL()))
		}
		all.Go(func() {
			for n := range each {
				ticket := clicklog.Ticket{Origin: fmt.Sprint("W", w), Number: uint64(n + 1)}
				if _, err := from.Append(patient(t), batch(ticket, n%3+1), n%3+1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	seen, position := map[clicklog.Ticket]int{}, uint64(0)
	for finished := false; ; {
		list, err := reader.Read(patient(t), position, 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 && finished {
			break
		}
		for _, b := range list {
			if b.After != position || b.Seq <= position {
				t.Fatalf("batch %d says that it follows %d, and follows %d", b.Seq, b.After, position)
			}
			position = b.Seq
			if ticket, _, err := clicklog.CutTicket(b.Data); err != nil {
				t.Error(err)
			} else if b.N > 0 {
				seen[ticket]++
			}
		}
		if position > 30 {
			if err := reader.Trim(patient(t), position-30); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-done: // the last ones may be on their way
			last, err := reader.LastNow(patient(t))
			if err != nil {
				t.Fatal(err)
			}
			finished = position >= last
		default:
		}
	}
	if len(seen) != writers*each {
		t.Errorf("%d batches of %d", len(seen), writers*each)
	}
	for ticket, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", ticket, n)
		}
	}
}

// The broker goes away and comes back with what it had: nobody opens anything
// anew.
func TestJournal_brokerComesBack(t *testing.T) {
	dir := t.TempDir()
	port := freePort(t)
	s := startBroker(t, dir, port, nil)
	j := reached(t, open(t, s.ClientURL()))
	id := j.ID()
	mustAppend(t, j, batch(clicklog.Ticket{}, 2), 2)
	before := readAll(t, j, 0)
	stopBroker(s)
	soon(t, "notice that the broker is gone", func() error {
		if j.Err() == nil {
			return errors.New("all is well")
		}
		return nil
	})
	if _, err := j.Append(t.Context(), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, referral.ErrUnavailable) || errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("append without a broker: %v", err)
	}
	if _, err := j.Last(t.Context()); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("last without a broker: %v", err)
	}
	if _, err := j.Read(t.Context(), 0, 5); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("read without a broker: %v", err)
	}
	startBroker(t, dir, port, nil)
	reached(t, j)
	seq := mustAppend(t, j, batch(clicklog.Ticket{}, 3), 3)
	after := readAll(t, j, 0)
	if diff := cmp.Diff(before, after[:len(before)]); diff != "" || after[len(after)-1].Seq != seq || j.ID() != id {
		t.Errorf("%s, %d, %d, %s", diff, len(after), seq, j.ID())
	}
}

// What was never acknowledged may have been written.
func TestAppend_outcomeUnknown(t *testing.T) {
	j, _ := one(t)
	reached(t, j)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := j.Append(ctx, batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("%v", err)
	}
}

func TestOpen_keepsCredentialsToItself(t *testing.T) {
	s := startBroker(t, t.TempDir(), -1, func(o *server.Options) { o.Username, o.Password = "lensan", "s3cret" })
	address := strings.TrimPrefix(s.ClientURL(), "nats://")
	if i := strings.LastIndex(address, "@"); i >= 0 {
		address = address[i+1:]
	}
	reached(t, open(t, "nats://lensan:s3cret@"+address))
	reached(t, open(t, "nats://lensan:s3cret@127.0.0.1:1", "nats://"+address)) // also where only one says them
	refused := open(t, "nats://lensan:wr0ng@"+address)
	soon(t, "be refused", func() error {
		if err := refused.Err(); err == nil || strings.Contains(err.Error(), "wr0ng") {
			return fmt.Errorf("said %v", err)
		}
		return nil
	})
	if err := refused.Probe(t.Context()); err == nil || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("%v", err)
	}
	if _, err := Open(Options{Brokers: []string{"nats://lensan:wr0ng@host:port"}, Applied: nothingApplied}); err == nil || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("%v", err)
	}
}

// The end is where no batch is left, and not where none has come yet.
func TestRead_untilTheEnd(t *testing.T) {
	j, _ := one(t)
	reached(t, j)
	for range 20 {
		mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1)
	}
	for n := range 200 {
		if list := readAll(t, j, 0); len(list) != 21 {
			t.Fatalf("%d messages instead of 21 when read for the %dth time", len(list), n+1)
		}
	}
}

// silence is a way to a broker that goes silent: it takes nothing more, without
// a word.
type silence struct {
	net.Listener
	broker string
	fallen atomic.Bool
}

func (s *silence) run() {
	for {
		here, err := s.Accept()
		if err != nil {
			return
		}
		there, err := net.Dial("tcp", s.broker)
		if err != nil {
			return
		}
		go io.Copy(here, there)
		go func() {
			for buffer := make([]byte, 32<<10); !s.fallen.Load(); {
				n, err := here.Read(buffer)
				if _, writeErr := there.Write(buffer[:n]); err != nil || writeErr != nil {
					return
				}
			}
		}()
	}
}

// A network that goes silent holds up neither a commit, beyond writeWait, nor the
// end, however much is on its way.
func TestAppend_silentNetwork(t *testing.T) {
	s := startBroker(t, t.TempDir(), -1, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	way := &silence{Listener: l, broker: s.Addr().String()}
	go way.run()
	j := reached(t, open(t, "nats://"+l.Addr().String()))
	way.fallen.Store(true)
	data := make([]byte, 900<<10)
	for n := range 12 { // more than the buffers between hold
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := j.Append(ctx, data, 1)
		cancel()
		if err == nil {
			t.Fatalf("append %d is acknowledged", n)
		}
		if took := time.Since(began); took > 30*writeWait {
			t.Fatalf("append %d took %s: %v", n, took, err)
		}
	}
	began := time.Now()
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 30*writeWait {
		t.Errorf("the end took %s", took)
	}
}
