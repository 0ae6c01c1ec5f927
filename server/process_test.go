package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childVariable makes this test binary behave as the program itself, so that
// tests of whole processes run the very code under test.
const childVariable = "LENSAN_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "1" {
		os.Unsetenv(childVariable)
		main()
		return
	}
	os.Exit(m.Run())
}

const testKey = "test-key-of-sixteen-symbols"

// process is a running `lensan serve`.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	URL  string // http://127.0.0.1:PORT
	Sign string // first sign-in address, "" if none was printed
}

var (
	listening = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	signIn    = regexp.MustCompile(`https?://\S+/thong-ke/loi-moi/\S+`)
)

// program returns a command that runs this program with arguments.
func program(data string, args ...string) *exec.Cmd { return programOf("", data, args...) }

// programOf is program for another build, "" for this one. Redirects wait for
// their commit however busy the machine is: what was answered is durable.
func programOf(path, data string, args ...string) *exec.Cmd {
	if path == "" {
		path = os.Args[0]
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), childVariable+"=1", "LANG=en", "LENSAN_DATA="+data, "LENSAN_API_KEY="+testKey, "LENSAN_COMMIT_WAIT=10s",
		"LENSAN_LISTEN=127.0.0.1:0", "LENSAN_METRICS_LISTEN=", "LENSAN_HEALTH_INTERVAL=0", "LENSAN_COVERAGE_INTERVAL=0")
	return cmd
}

// start starts a server on a data folder and waits until it is ready.
func start(t *testing.T, data string, env ...string) *process {
	t.Helper()
	return startProgram(t, "", data, env...)
}

func startProgram(t *testing.T, path, data string, env ...string) *process {
	t.Helper()
	cmd := programOf(path, data, "serve")
	cmd.Env = append(cmd.Env, env...)
	return startBy(t, cmd, cmd.Start)
}

// startBy starts a server by a command, which begin starts, and waits until it
// is ready.
func startBy(t *testing.T, cmd *exec.Cmd, begin func() error) *process {
	t.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := begin(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address := listening.FindString(lines.Text()); address != "" {
			p.URL = "http://" + address
			break
		}
	}
	if p.URL == "" {
		t.Fatal("the server did not say where it listens")
	}
	go func() {
		for lines.Scan() {
			_ = lines.Text()
		}
	}()
	p.waitReady()
	return p
}

func (p *process) waitReady() {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if response, err := http.Get(p.URL + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
	}
	p.t.Fatal("the server did not become ready")
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// stop asks the process to end and returns how long that took.
func (p *process) stop() time.Duration {
	p.t.Helper()
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("the server ended with %v", err)
	}
	return time.Since(begun)
}

// call sends JSON to the API as admin and decodes the answer into out. What
// waits until clicks are applied is asked again where that takes long.
func (p *process) call(method, path string, body any, want int, out any) {
	p.t.Helper()
	begun := time.Now()
	status, raw := p.ask(method, path, body)
	for status == http.StatusServiceUnavailable && strings.Contains(path, "wait=applied") && time.Since(begun) < 2*time.Minute {
		time.Sleep(100 * time.Millisecond)
		status, raw = p.ask(method, path, body)
	}
	if status != want {
		p.t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			p.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
}

// ask is one try of call.
func (p *process) ask(method, path string, body any) (status int, answer []byte) {
	p.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = strings.NewReader(string(raw))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, p.URL+"/api/v1"+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, raw
}

// placements creates a portal (if need be) and n placements and returns their codes.
func (p *process) placements(n int) []string {
	p.t.Helper()
	p.call("POST", "/portals", map[string]any{"id": "stttt-an-giang", "name": "Sở TT&TT An Giang", "province": "91"}, http.StatusCreated, nil)
	codes := make([]string, n)
	for i := range codes {
		var made struct{ Code string }
		p.call("POST", "/placements", map[string]any{"portal": "stttt-an-giang", "kind": "widget", "destination": "support_portal",
			"label": fmt.Sprintf("vị trí %d", i)}, http.StatusCreated, &made)
		codes[i] = made.Code
	}
	return codes
}

// report is the answer of GET /stats as far as tests look at it.
type report struct {
	Rows []struct {
		Key, Label                             string
		Recorded, People, Repeat, Bot, Preview int64
	}
	Total             struct{ Recorded, People, Repeat, Bot, Preview int64 }
	Lost, Unconfirmed int64
	StalledSince      *time.Time `json:"stalled_since"`
}

// noRedirect is a client that does not follow redirects, with one connection a goroutine.
func noRedirect(connections int) *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
