package jetstream

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

// operator returns what somebody with rights at the brokers uses.
func operator(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestStream_deletedAndMadeAnew(t *testing.T) {
	j, s := one(t)
	reached(t, j)
	first := j.ID()
	for range 5 {
		mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1)
	}
	if len(readAll(t, j, 0)) != 6 {
		t.Fatal("not all there")
	}
	if err := operator(t, s.ClientURL()).DeleteStream(t.Context(), Stream); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(patient(t), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, referral.ErrUnavailable) || errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("append to no stream: %v", err)
	}
	other := reached(t, open(t, s.ClientURL())) // another server makes it
	if other.ID() == first {
		t.Error("two streams share a name")
	}
	if _, err := j.Append(patient(t), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("a number that was given before was taken: %v", err)
	}
	reached(t, j)
	if j.ID() != other.ID() {
		t.Errorf("%s and %s", j.ID(), other.ID())
	}
	mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1)
	if n := len(readAll(t, j, 0)); n != 4 { // two probes, two batches
		t.Errorf("%d messages", n)
	}
}

// A stream that ends before what the store had applied is given another name
// and keeps what it holds.
func TestStream_endsBeforeWhatWasApplied(t *testing.T) {
	j, s := one(t)
	reached(t, j)
	mustAppend(t, j, batch(clicklog.Ticket{}, 2), 2)
	first := j.ID()
	other := openWith(t, Options{Brokers: []string{s.ClientURL()}, Applied: func(_ context.Context, id string) (uint64, error) {
		if id == first {
			return 1000, nil
		}
		return 0, nil
	}})
	reached(t, other)
	if other.ID() == first {
		t.Error("its numbers would be passed over as applied")
	}
	soon(t, "know the other name", func() error {
		if _, err := j.Last(t.Context()); err != nil || j.ID() != other.ID() {
			return fmt.Errorf("%s, %v", j.ID(), err)
		}
		return nil
	})
	if list := readAll(t, j, 0); len(list) != 3 || list[1].N != 2 {
		t.Errorf("%d messages", len(list))
	}
}

// What is to be trimmed is of the stream that was known, not of another one that
// was made since and has its name.
func TestStream_madeAnewIsNotTrimmed(t *testing.T) {
	j, s := one(t)
	reached(t, j)
	for range 9 {
		mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1)
	}
	if err := operator(t, s.ClientURL()).DeleteStream(t.Context(), Stream); err != nil {
		t.Fatal(err)
	}
	other := reached(t, open(t, s.ClientURL()))
	mustAppend(t, other, batch(clicklog.Ticket{}, 3), 3)
	if err := j.Trim(t.Context(), 9); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("trimmed with numbers of another stream: %v", err)
	}
	if list := readAll(t, other, 0); len(list) != 2 || list[1].N != 3 {
		t.Errorf("%d messages are left", len(list))
	}
}

// A server that knows less of the stream than the store does learns of it when
// it is to read on from there: else the numbers between would be passed over.
func TestStream_readBeyondItsEnd(t *testing.T) {
	j, _ := one(t)
	reached(t, j)
	mustAppend(t, j, batch(clicklog.Ticket{}, 2), 2)
	first := j.ID()
	if _, err := j.Read(patient(t), 2, 1); err != nil {
		t.Errorf("at its end: %v", err)
	}
	if _, err := j.Read(patient(t), 9, 1); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("beyond its end: %v", err)
	}
	if _, err := j.Append(patient(t), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("number 3 after 9: %v", err)
	}
	reached(t, j)
	if j.ID() == first {
		t.Error("it has its name still")
	}
	if list := readAll(t, j, 0); len(list) != 4 || list[1].N != 2 {
		t.Errorf("%d messages", len(list))
	}
}

// While the store does not answer nobody knows what its numbers mean.
func TestStream_storeIsDown(t *testing.T) {
	_, s := one(t)
	down := errors.New("database is down")
	j := openWith(t, Options{Brokers: []string{s.ClientURL()}, Applied: func(context.Context, string) (uint64, error) { return 0, down }})
	soon(t, "say so", func() error {
		if err := j.Probe(t.Context()); !errors.Is(err, down) {
			return fmt.Errorf("said %w", err)
		}
		return nil
	})
	if _, err := j.Append(patient(t), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// A stream that comes back shorter than it was, as after a power cut at all
// brokers, is waited for and then given another name.
func TestStream_wentBack(t *testing.T) {
	j, s := one(t)
	reached(t, j)
	for range 9 {
		mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1)
	}
	first := j.ID()
	if n := len(readAll(t, j, 0)); n != 10 {
		t.Fatalf("%d messages", n)
	}
	js := operator(t, s.ClientURL())
	stream, err := js.Stream(t.Context(), Stream)
	if err != nil {
		t.Fatal(err)
	}
	config := stream.CachedInfo().Config
	if err := js.DeleteStream(t.Context(), Stream); err != nil {
		t.Fatal(err)
	}
	config.FirstSeq = 5
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(patient(t), batch(clicklog.Ticket{}, 1), 1); !errors.Is(err, clicklog.ErrUnknown) {
		t.Errorf("number 5 after 10: %v", err)
	}
	begun := time.Now()
	if _, err := j.Last(t.Context()); !errors.Is(err, referral.ErrUnavailable) {
		t.Errorf("it ends at 5 and had reached 10: %v", err)
	}
	reached(t, j)
	if waited := time.Since(begun); waited < settle {
		t.Errorf("taken as it is after %s", waited)
	}
	if seq := mustAppend(t, j, batch(clicklog.Ticket{}, 1), 1); seq != 7 || j.ID() == first {
		t.Errorf("number %d of %s", seq, j.ID())
	}
	if list := readAll(t, j, 0); len(list) != 3 || list[0].Seq != 5 {
		t.Errorf("%d messages from the beginning", len(list))
	}
}

func TestStream_notOurs(t *testing.T) {
	_, s := one(t)
	if _, err := operator(t, s.ClientURL()).CreateStream(t.Context(), jetstream.StreamConfig{Name: Stream, Subjects: []string{subjects}}); err != nil {
		t.Fatal(err)
	}
	j := open(t, s.ClientURL())
	soon(t, "refuse it", func() error {
		if err := j.Probe(t.Context()); !errors.Is(err, referral.ErrConflict) {
			return fmt.Errorf("said %w", err)
		}
		return nil
	})
}

// Of three brokers that are named all must be there before the stream is made;
// afterwards two are enough.
func TestStream_liesOnThreeBrokers(t *testing.T) {
	routes, ports := []*url.URL{}, []int{}
	for range 3 {
		port := freePort(t)
		ports = append(ports, port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprint("127.0.0.1:", port)})
	}
	clients, brokers := []string{}, []*server.Server{}
	start := func(i int) {
		s := startBroker(t, t.TempDir(), -1, func(o *server.Options) {
			o.ServerName = fmt.Sprint("broker-", i)
			o.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}
			o.Routes = routes[:max(2, i+1)]
		})
		clients, brokers = append(clients, s.ClientURL()), append(brokers, s)
	}
	start(0)
	start(1)
	j := open(t, clients[0], clients[1], "nats://127.0.0.1:1")
	soon(t, "find two brokers", func() error {
		if brokers[0].JetStreamIsLeader() || brokers[1].JetStreamIsLeader() {
			return nil
		}
		return errors.New("no leader")
	})
	var refused *jetstream.APIError
	soon(t, "be refused", func() error {
		if err := j.Probe(t.Context()); !errors.As(err, &refused) {
			return fmt.Errorf("said %w", err)
		}
		return nil
	})
	start(2)
	reached(t, j)
	stream, err := operator(t, clients[2]).Stream(t.Context(), Stream)
	if err != nil || stream.CachedInfo().Config.Replicas != 3 {
		t.Fatalf("%+v, %v", stream, err)
	}
	mustAppend(t, j, batch(clicklog.Ticket{}, 2), 2)
	stopBroker(brokers[0])
	reached(t, j)
	var seq uint64
	soon(t, "append without one broker", func() (err error) {
		seq, err = j.Append(patient(t), batch(clicklog.Ticket{}, 3), 3)
		return err
	})
	soon(t, "read all without one broker", func() error {
		for after := uint64(0); after < seq; {
			list, err := j.Read(t.Context(), after, 100)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return fmt.Errorf("nothing after %d of %d", after, seq)
			}
			after = list[len(list)-1].Seq
		}
		return nil
	})
}
