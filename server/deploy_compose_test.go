package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"lensan/server/testkit"
)

const composeFolder = deployFolder + "/compose"

// composed is examples/deploy/compose without containers: each service is a
// process at a loopback address of its own, with the settings and ports of the
// file. PostgreSQL is that of the tests.
type composed struct {
	t       *testing.T
	folder  string
	address map[string]string // of services
	running map[string]*exec.Cmd
	file    struct {
		Services map[string]struct {
			Environment map[string]string
			Volumes     []string
		}
	}
}

func compose(t *testing.T) *composed {
	t.Helper()
	c := &composed{t: t, folder: t.TempDir(), address: map[string]string{}, running: map[string]*exec.Cmd{}}
	raw, err := os.ReadFile(filepath.Join(composeFolder, "compose.yaml"))
	if err == nil {
		err = yaml.Unmarshal(raw, &c.file)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range slices.Sorted(maps.Keys(c.file.Services)) {
		c.address[name] = fmt.Sprintf("127.34.63.%d", i+1)
	}
	return c
}

// at writes addresses for the names of services, and its own for "all addresses".
func (c *composed) at(service, text string) string {
	pairs := []string{"0.0.0.0", c.address[service], "/var/lib/nats", filepath.Join(c.folder, service)}
	for name, address := range c.address {
		pairs = append(pairs, name+":", address+":")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// config returns the path of a mounted file, written for a service.
func (c *composed) config(service, name string) string {
	c.t.Helper()
	if !slices.ContainsFunc(c.file.Services[service].Volumes, func(v string) bool { return strings.HasPrefix(v, "./"+name+":") }) {
		c.t.Errorf("%s does not mount %s", service, name)
	}
	path := filepath.Join(c.folder, service+"-"+name)
	write(c.t, path, c.at(service, deployFile(c.t, "compose/"+name)))
	return path
}

// start runs a service with the file's environment, in which .env is filled in.
func (c *composed) start(service string, cmd *exec.Cmd, more ...string) {
	c.t.Helper()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	dotenv := map[string]string{"LENSAN_HOST": "lensan.example.gov.vn", "POSTGRES_PASSWORD": "p1", "NATS_PASSWORD": "n1"}
	for name, value := range c.file.Services[service].Environment {
		value = os.Expand(value, func(variable string) string {
			variable, _, _ = strings.Cut(variable, ":?")
			if dotenv[variable] == "" {
				c.t.Errorf("%s of %s asks for %s", name, service, variable)
			}
			return dotenv[variable]
		})
		cmd.Env = append(cmd.Env, name+"="+c.at(service, value))
	}
	cmd.Env = append(cmd.Env, more...)
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.running[service] = cmd
	c.t.Cleanup(func() { c.kill(service) })
}

func (c *composed) kill(service string) {
	_ = c.running[service].Process.Kill()
	_ = c.running[service].Wait()
}

// TestDeploy_compose starts all of it, scans through Caddy, takes away a broker
// and two servers, and scans again. A server whose broker went away may have
// written scans on its own, in its volume: they are counted when it runs again,
// as Docker would see to.
func TestDeploy_compose(t *testing.T) {
	const caddy = "caddy"
	database := testkit.Database(t)
	if database == "" || !testkit.Has(t, caddy) {
		return
	}
	c := compose(t)
	broker := filepath.Join(c.folder, "nats-server")
	mustCheck(t, "go", "build", "-o", broker, "github.com/nats-io/nats-server/v2")
	for _, name := range []string{"nats-1", "nats-2", "nats-3"} {
		c.start(name, exec.Command(broker, "--config", c.config(name, "nats.conf")))
	}
	servers := map[string]*process{}
	serve := func(name string) {
		t.Helper()
		volume := filepath.Join(c.folder, name)
		c.start(name, program(volume, "serve"), "LENSAN_LISTEN="+c.address[name]+":8080", "LENSAN_COMMIT_WAIT=5s", "LENSAN_DATABASE_URL="+database)
		servers[name] = &process{t: t, cmd: c.running[name], URL: "http://" + c.address[name] + ":8080"}
	}
	for _, name := range []string{"lensan-1", "lensan-2", "lensan-3"} {
		serve(name)
	}
	front := "http://" + c.address["caddy"] + ":18034"
	c.start(caddy, exec.Command(caddy, "run", "--adapter", "caddyfile", "--config", c.config(caddy, "Caddyfile")),
		"LENSAN_HOST="+front, "CADDY_ADMIN="+c.address["caddy"]+":2019", "HOME="+c.folder)
	for _, server := range servers {
		server.waitReady()
	}
	server := servers["lensan-1"]
	code, client := server.placements(1)[0], noRedirect(1)
	for name := range servers { // the journal is shared: none has turned to its own
		eventually(t, 2*time.Minute, name+" uses the brokers", func() error {
			on, err := metric(c.address[name]+":9180", "lensan_journal_fallback")
			if err == nil && on != 0 {
				err = fmt.Errorf("lensan_journal_fallback %v", on)
			}
			return err
		})
	}
	clicks, longest := int64(0), time.Duration(0)
	scan := func() {
		t.Helper()
		for range 20 {
			begun := time.Now()
			mustRedirect(t, client, front+"/go/"+code)
			longest = max(longest, time.Since(begun))
			clicks++
		}
	}
	eventually(t, time.Minute, "Caddy knows a server that knows the code", func() error {
		response, err := client.Get(front + "/kiem-tra/" + code)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("answered %s", response.Status)
		}
		return nil
	})
	scan()
	c.kill("nats-2")
	scan()
	killed := []string{"lensan-2", "lensan-3"} // one of them may be the one that this visitor's scans go to
	for _, name := range killed {
		c.kill(name)
		scan()
	}
	for _, name := range killed {
		serve(name)
	}
	var stats report
	eventually(t, 2*time.Minute, "all scans are counted", func() error {
		stats = report{}
		server.call("GET", "/stats", nil, http.StatusOK, &stats)
		if stats.Total.Recorded != clicks {
			return fmt.Errorf("%d of %d", stats.Total.Recorded, clicks)
		}
		return nil
	})
	if stats.Lost != 0 {
		t.Errorf("%d lost", stats.Lost)
	}
	t.Logf("%d scans, the longest took %s", clicks, longest.Round(time.Millisecond))
}
