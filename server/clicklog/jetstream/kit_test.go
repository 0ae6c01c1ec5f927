package jetstream

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lensan/server/clicklog"
	"lensan/server/referral"
	"lensan/server/testkit"
)

// startBroker starts a broker in this process. With cluster, it is one of those
// whose routes are named.
func startBroker(t *testing.T, dir string, port int, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{ServerName: fmt.Sprint("broker-", port), Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true}
	if change != nil {
		change(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopBroker(s) })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the broker is not ready")
	}
	return s
}

func stopBroker(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func freePort(t *testing.T) int {
	t.Helper()
	return int(netip.MustParseAddrPort(testkit.FreeAddress(t)).Port())
}

// one starts a broker that stands alone and opens a journal there.
func one(t *testing.T) (*Journal, *server.Server) {
	t.Helper()
	s := startBroker(t, t.TempDir(), -1, nil)
	return open(t, s.ClientURL()), s
}

func nothingApplied(context.Context, string) (uint64, error) { return 0, nil }

func open(t *testing.T, brokers ...string) *Journal {
	t.Helper()
	return openWith(t, Options{Brokers: brokers})
}

func openWith(t *testing.T, o Options) *Journal {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	if o.Applied == nil {
		o.Applied = nothingApplied
	}
	j, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// soon calls try until it returns nil, for as long as a cluster may need.
func soon(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

func reached(t *testing.T, j *Journal) *Journal {
	t.Helper()
	soon(t, "reach the stream", func() error { return j.Probe(patient(t)) })
	return j
}

// patient waits for an answer of the brokers longer than a server would: on a
// slow machine all that is asked for is to be done once.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// batch returns the data of n clicks, with a ticket if there is one.
func batch(ticket clicklog.Ticket, n int) (data []byte) {
	if ticket != (clicklog.Ticket{}) {
		data = clicklog.AppendTicket(nil, ticket)
	}
	for i := range n {
		data = clicklog.AppendRecord(data, &referral.Click{Milli: int64(i), UserAgent: "a phone"})
	}
	return data
}

func mustAppend(t *testing.T, j *Journal, data []byte, n int) uint64 {
	t.Helper()
	seq, err := j.Append(patient(t), data, n)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// readAll reads until the end.
func readAll(t *testing.T, j *Journal, after uint64) (list []clicklog.Batch) {
	t.Helper()
	for {
		batches, err := j.Read(patient(t), after, 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(batches) == 0 {
			return list
		}
		if len(batches) > 7 {
			t.Errorf("%d batches, 7 asked for", len(batches))
		}
		list = append(list, batches...)
		after = batches[len(batches)-1].Seq
	}
}
