package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog/jetstream"
)

// brokers are three NATS servers, each a process of its own, that form one
// cluster.
type brokers struct {
	t    *testing.T
	list [3]*broker
}

type broker struct {
	t       *testing.T
	name    string
	program string
	config  string
	address string // host:port for clients
	cmd     *exec.Cmd
}

// startBrokers builds the server that go.mod names and starts three.
func startBrokers(t *testing.T) *brokers {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "nats-server")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("build nats-server: %v\n%s", err, out)
	}
	b := &brokers{t: t}
	var routes []string
	for range b.list {
		routes = append(routes, "nats://"+freePort(t))
	}
	for i := range b.list {
		n := &broker{t: t, name: fmt.Sprint("broker-", i+1), program: program, address: freePort(t)}
		n.config = filepath.Join(dir, n.name+".conf")
		settings := fmt.Sprintf("server_name: %s\nlisten: %s\njetstream { store_dir: %q }\ncluster { name: lensan, listen: %q, routes: [%s] }\n",
			n.name, n.address, filepath.Join(dir, n.name), strings.TrimPrefix(routes[i], "nats://"), strings.Join(routes, ", "))
		if err := os.WriteFile(n.config, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		b.list[i] = n
		n.start()
	}
	return b
}

func (n *broker) start() {
	n.t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(n.program, "-c", n.config)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.cmd = cmd
	n.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if n.t.Failed() && testing.Verbose() {
			n.t.Logf("%s:\n%s", n.name, &said)
		}
	})
}

// kill ends a broker at once, as a power cut would.
func (n *broker) kill() {
	n.t.Helper()
	if err := n.cmd.Process.Kill(); err != nil {
		n.t.Fatal(err)
	}
	_ = n.cmd.Wait()
}

func (n *broker) signal(s syscall.Signal) {
	n.t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		n.t.Fatal(err)
	}
}

// setting is what a server is told to use them.
func (b *brokers) setting() string {
	var list []string
	for _, n := range b.list {
		list = append(list, "nats://"+n.address)
	}
	return "LENSAN_JOURNAL_URL=" + strings.Join(list, ",")
}

// stream returns the state of the stream, once all three have all of it.
func (b *brokers) stream() *natsjs.StreamInfo {
	b.t.Helper()
	var info *natsjs.StreamInfo
	var err error
	eventually(b.t, 30*time.Second, "all brokers have the stream", func() error {
		info, err = b.look()
		return err
	})
	return info
}

func (b *brokers) look() (*natsjs.StreamInfo, error) {
	c, err := nats.Connect(strings.TrimPrefix(b.setting(), "LENSAN_JOURNAL_URL="), nats.Timeout(time.Second))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	js, err := natsjs.New(c, natsjs.WithDefaultTimeout(time.Second))
	if err != nil {
		return nil, err
	}
	stream, err := js.Stream(b.t.Context(), jetstream.Stream)
	if err != nil {
		return nil, err
	}
	info := stream.CachedInfo()
	if info.Cluster == nil || info.Cluster.Leader == "" || len(info.Cluster.Replicas) != 2 {
		return nil, errors.New("no leader with two others")
	}
	for _, peer := range info.Cluster.Replicas {
		if !peer.Current || peer.Offline {
			return nil, fmt.Errorf("%s is behind", peer.Name)
		}
	}
	return info, nil
}

// leader returns the broker that leads the stream.
func (b *brokers) leader() *broker {
	b.t.Helper()
	name := b.stream().Cluster.Leader
	for _, n := range b.list {
		if n.name == name {
			return n
		}
	}
	b.t.Fatalf("the stream is led by %q", name)
	return nil
}

// eventually tries until there is no error.
func eventually(t *testing.T, wait time.Duration, what string, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(wait); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not within %s: %v", what, wait, err)
}
