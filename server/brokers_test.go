package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog/jetstream"
	"lensan/server/testkit"
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
	env     []string
	config  string
	store   string // folder
	address string // host:port for clients
	cmd     *exec.Cmd
}

const natsServer = "github.com/nats-io/nats-server/v2" // of the version that go.mod names

// startBrokers builds the server and starts three that keep all in a folder.
func startBrokers(t *testing.T, dir string) *brokers {
	t.Helper()
	return startBrokersOf(t, dir, build(t, natsServer))
}

// startBrokersOf starts brokers that do not name each other to servers: each is
// reached by the way that a server was told, or not at all.
func startBrokersOf(t *testing.T, dir, program string, env ...string) *brokers {
	t.Helper()
	b := &brokers{t: t}
	var routes []string
	for range b.list {
		routes = append(routes, "nats://"+testkit.FreeAddress(t))
	}
	for i := range b.list {
		n := &broker{t: t, name: fmt.Sprint("broker-", i+1), program: program, env: env, address: testkit.FreeAddress(t)}
		n.config, n.store = filepath.Join(dir, n.name+".conf"), filepath.Join(dir, n.name)
		settings := fmt.Sprintf("server_name: %s\nlisten: %s\njetstream { store_dir: %q }\ncluster { name: lensan, listen: %q, no_advertise: true, routes: [%s] }\n",
			n.name, n.address, n.store, strings.TrimPrefix(routes[i], "nats://"), strings.Join(routes, ", "))
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
	cmd.Env = append(os.Environ(), n.env...)
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

// url is what a server is told to use them.
func (b *brokers) url() string {
	var list []string
	for _, n := range b.list {
		list = append(list, "nats://"+n.address)
	}
	return strings.Join(list, ",")
}

// stream returns the state of the stream, once all three have all of it.
func (b *brokers) stream() *natsjs.StreamInfo {
	b.t.Helper()
	var info *natsjs.StreamInfo
	var err error
	eventually(b.t, 2*time.Minute, "all brokers have the stream", func() error {
		info, err = b.look()
		return err
	})
	return info
}

func (b *brokers) look() (*natsjs.StreamInfo, error) {
	c, err := nats.Connect(b.url(), nats.Timeout(time.Second))
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
			return info, fmt.Errorf("%s is behind", peer.Name)
		}
	}
	return info, nil
}

// behind returns those that have not all of the stream, in the eyes of the one
// that leads it.
func (b *brokers) behind() (list []*broker) {
	b.t.Helper()
	info, err := b.look()
	if info == nil {
		b.t.Fatal(err)
	}
	for _, peer := range info.Cluster.Replicas {
		for _, n := range b.list {
			if n.name == peer.Name && (!peer.Current || peer.Offline) {
				list = append(list, n)
			}
		}
	}
	return list
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

// build builds a program.
func build(t *testing.T, what string, flags ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "program")
	begun := time.Now()
	if out, err := exec.Command("go", slices.Concat([]string{"build", "-o", path}, flags, []string{what})...).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", what, err, out)
	}
	t.Logf("built %s in %s", what, time.Since(begun).Round(100*time.Millisecond))
	return path
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
