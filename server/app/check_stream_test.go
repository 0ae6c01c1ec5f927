package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog/jetstream"
	"lensan/server/config"
)

// TestCheckStream holds each finding to a real broker that gives cause for it.
func TestCheckStream(t *testing.T) {
	broker := func(t *testing.T, change func(*server.Options)) string {
		o := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true}
		change(o)
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		return s.ClientURL()
	}
	as := func(*server.Options) {}
	stream := func(t *testing.T, at string, metadata map[string]string) {
		c, err := nats.Connect(at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		js, err := natsjs.New(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := js.CreateStream(t.Context(), natsjs.StreamConfig{Name: jetstream.Stream, Subjects: []string{"lensan.clicks.>"}, FirstSeq: 1035, Metadata: metadata}); err != nil {
			t.Fatal(err)
		}
	}
	ours := map[string]string{"lensan-journal": "stream-TEST"}
	for name, c := range map[string]struct {
		start func(t *testing.T) (brokers string)
		level Level
		key   string
		args  map[string]string
	}{
		"away":  {func(*testing.T) string { return "nats://lensan:s3cret@127.0.0.1:1" }, Warning, "stream_away", nil},
		"fresh": {func(t *testing.T) string { return broker(t, as) }, Fine, "stream_fresh", nil},
		"fine": {func(t *testing.T) string {
			at := broker(t, as)
			stream(t, at, ours)
			return at
		}, Fine, "stream_fine", map[string]string{"current": "1", "replicas": "1", "seq": "1034", "n": "1034"}},
		"foreign": {func(t *testing.T) string {
			at := broker(t, as)
			stream(t, at, nil)
			return at
		}, Failure, "stream_foreign", nil},
		"lone": {func(t *testing.T) string {
			at := broker(t, as)
			stream(t, at, ours)
			return at + ",127.0.0.1:1,127.0.0.1:2"
		}, Warning, "stream_lone", map[string]string{"replicas": "1", "named": "3", "want": "3"}},
		"small": {func(t *testing.T) string {
			return broker(t, func(o *server.Options) { o.MaxPayload = 64 << 10 })
		}, Failure, "stream_small", map[string]string{"kb": "64", "want": "1024"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := checkStream(t.Context(), config.Config{Data: t.TempDir(), JournalURL: c.start(t)})
			if got.Subject != "stream" || got.Level != c.level || got.Key != c.key {
				t.Errorf("%+v", got)
			}
			for name, want := range c.args {
				if got := fmt.Sprint(got.Args[name]); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
			if strings.Contains(fmt.Sprint(got), "s3cret") {
				t.Errorf("a password is shown: %+v", got)
			}
		})
	}
}
