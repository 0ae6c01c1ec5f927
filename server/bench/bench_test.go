package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/text"
)

var begun = time.Now().Add(-time.Second)

// The test binary is also the two servers: see command.
func TestMain(m *testing.M) {
	kind, listen := os.Getenv("BENCH_TEST_SERVE"), os.Getenv("BENCH_TEST_LISTEN")
	if kind == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	config := fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10}
	err := error(nil)
	if kind == "bare" {
		err = ServeBare(ctx, config, listen, os.Getenv("BENCH_TEST_LOCATION"))
	} else {
		err = serveStandIn(ctx, config, listen, kind)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveStandIn has just enough of the real server's addresses. It forgets one
// click if kind is "forgetful" and fails at the fifth if it is "failing".
func serveStandIn(ctx context.Context, config fiber.Config, listen, kind string) error {
	var clicks atomic.Int64
	app := fiber.New(config)
	app.Get("/readyz", func(c *fiber.Ctx) error { return nil })
	app.Post("/api/v1/portals", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusCreated) })
	app.Post("/api/v1/placements", func(c *fiber.Ctx) error {
		return c.Status(fiber.StatusCreated).JSON(fiber.Map{"code": "K7Q2PX"})
	})
	app.Get("/go/K7Q2PX", func(c *fiber.Ctx) error {
		if n := clicks.Add(1); n == 5 && kind == "failing" {
			return fiber.ErrTooManyRequests
		}
		return c.Redirect("https://example.vn/?utm_content=K7Q2PX")
	})
	app.Get("/api/v1/stats", func(c *fiber.Ctx) error {
		n := clicks.Load()
		if kind == "forgetful" {
			n--
		}
		if c.Query("wait") != "applied" || !strings.HasPrefix(c.Get("Authorization"), "Bearer ") {
			return fiber.ErrBadRequest
		}
		return c.JSON(fiber.Map{"total": fiber.Map{"recorded": n}, "lost": 0, "unconfirmed": 0})
	})
	go func() {
		<-ctx.Done()
		app.Shutdown()
	}()
	return app.Listen(listen)
}

func command(kind string) func(Setup) *exec.Cmd {
	return func(s Setup) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BENCH_TEST_SERVE="+kind, "BENCH_TEST_LISTEN="+s.Listen, "BENCH_TEST_LOCATION="+s.Location)
		return cmd
	}
}

// connections is how many answers even the slowest machine gives in a turn.
const connections = 8

func runQuickly(t *testing.T, kind, lang string, turn time.Duration) (Result, string, error) {
	t.Helper()
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	result, err := Run(t.Context(), Options{
		Bare: command("bare"), Real: command(kind), Text: texts.In(lang), Out: &out, Progress: &progress,
		Dir: t.TempDir(), Connections: connections, Pairs: 2, Duration: turn, Warm: turn / 5,
	})
	t.Log(out.String())
	if strings.Contains(out.String()+progress.String(), "[bench.") {
		t.Errorf("a text is missing: %s %s", out.String(), progress.String())
	}
	return result, out.String(), err
}

const aMoment = 100 * time.Millisecond

func TestRun(t *testing.T) {
	for lang, want := range map[string]string{"vi": "Khớp.", "en": "They agree."} {
		var result Result
		var out string
		for turn := aMoment; ; turn *= 2 {
			var err error
			if result, out, err = runQuickly(t, "honest", lang, turn); err != nil {
				t.Fatal(err)
			}
			if turn > 10*time.Second || !slices.ContainsFunc(result.Pairs, func(p Pair) bool { return p.Bare.PerSecond == 0 || p.Real.PerSecond == 0 }) {
				break
			} // else the machine was too busy to answer anything in time
		}
		if len(result.Pairs) != 2 || result.Ratio <= 0 || result.Recorded <= 2*connections || result.Recorded != result.Answered {
			t.Errorf("result %+v", result)
		}
		for _, p := range append(result.Pairs, result.Median) {
			for _, turn := range []Turn{p.Bare, p.Real} {
				if turn.PerSecond <= 0 || turn.P50 <= 0 || turn.P99 < turn.P50 {
					t.Errorf("turn %+v", turn)
				}
			}
		}
		if !strings.Contains(out, want) {
			t.Errorf("%s is not said in %s", want, out)
		}
	}
}

func TestRun_miscounted(t *testing.T) {
	result, out, err := runQuickly(t, "forgetful", "vi", aMoment)
	if !errors.Is(err, ErrMiscounted) || result.Recorded != result.Answered-1 || !strings.Contains(out, "KHÔNG KHỚP") {
		t.Errorf("error %v, result %+v", err, result)
	}
}

func TestRun_wrongAnswer(t *testing.T) {
	_, _, err := runQuickly(t, "failing", "vi", aMoment)
	if !errors.Is(err, ErrWrongAnswer) || !strings.Contains(err.Error(), "429") {
		t.Errorf("error %v", err)
	}
}

func TestRun_serverDoesNotStart(t *testing.T) {
	broken := func(Setup) *exec.Cmd { return exec.Command(os.Args[0], "-no-such-flag") }
	_, err := Run(t.Context(), Options{Bare: command("bare"), Real: broken, Text: mustText(t), Out: &bytes.Buffer{}, Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("error %v", err)
	}
}

func mustText(t *testing.T) *text.Language {
	t.Helper()
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	return texts.In("en")
}

// Whatever a server does instead of answering, the load ends with an error.
func TestDrive_faults(t *testing.T) {
	const fine = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"
	for _, test := range []struct{ name, answer, want string }{
		{"another status", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 OK"},
		{"closed", "", "closed"},
		{"two answers", fine + fine, "more than one"},
		{"endless", "HTTP/1.1 302 Found\r\nX: " + strings.Repeat("x", 8<<10), "bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					c.Read(make([]byte, 4<<10))
					c.Write([]byte(test.answer))
					c.Close()
				}
			}()
			load := load{address: l.Addr().String(), requests: requests("localhost", "/", 2, 2), duration: time.Minute, core: noCore}
			_, err = load.drive(t.Context())
			if !errors.Is(err, ErrWrongAnswer) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestCutAnswer(t *testing.T) {
	const head = "HTTP/1.1 302 Found\r\nCache-Control: no-store\r\nConnection: x\r\nContent-Length: 3\r\n\r\n"
	for n := range len(head) + 3 {
		if got, err := cutAnswer([]byte((head + "abc")[:n])); got != 0 || err != nil {
			t.Fatalf("%d bytes: %d, %v", n, got, err)
		}
	}
	for answer, want := range map[string]int{
		head + "abc":  len(head) + 3,
		head + "abcd": len(head) + 3,
		"HTTP/1.1 302 Found\r\ncontent-length:0\r\n\r\n": 40,
	} {
		if got, err := cutAnswer([]byte(answer)); got != want || err != nil {
			t.Errorf("%q: %d, %v, want %d", answer, got, err, want)
		}
	}
	for _, bad := range []string{"HTTP/1.1 301 ", "x", "HTTP/1.1 302 Found\r\n\r\n", "HTTP/1.1 302 Found\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 302 Found\r\nContent-Length: -1\r\n\r\n"} {
		if _, err := cutAnswer([]byte(bad)); !errors.Is(err, ErrWrongAnswer) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzCutAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 302 Found\r\nContent-Length: 3\r\n\r\nabc"))
	f.Add([]byte("HTTP/1.1 302 \r\nC\r\nc\r\nContent-Length:\r\n\r\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		n, err := cutAnswer(answer)
		if n < 0 || n > len(answer) || n > 0 && err != nil {
			t.Errorf("%d of %d, %v", n, len(answer), err)
		}
	})
}

func TestHistogram(t *testing.T) {
	h := newHistogram()
	if h.percentile(0.5) != 0 {
		t.Error("of nothing, something is the median")
	}
	for ms := range 100 {
		h.add(time.Duration(ms) * time.Millisecond)
	}
	h.add(time.Hour)
	h.add(-time.Second)
	if got := h.percentile(0.5); got < 49*time.Millisecond || got > 52*time.Millisecond {
		t.Errorf("the median is %s, want about 50 ms", got)
	}
	if h.percentile(0.999) != time.Second {
		t.Errorf("the longest is %s, want the histogram's end", h.percentile(0.999))
	}
}

func TestTally(t *testing.T) {
	sum := newTally(20 * time.Second)
	for part := range 200 {
		one := newTally(20 * time.Second)
		for range 5 + 10*min(part, 3) {
			one.measure(time.Duration(part)*partLength, time.Millisecond)
		}
		sum.add(&one)
	}
	sum.measure(20*time.Second+1, time.Second)
	if sum.measured != 5+15+25+197*35+1 || sum.latency.n != sum.measured {
		t.Errorf("%d measured, %d latencies", sum.measured, sum.latency.n)
	}
	if got := sum.steady(); got != 250 {
		t.Errorf("steady %v, want that of the third slowest part, 250", got)
	}
}

func TestMedians(t *testing.T) {
	turn := func(n float64) Turn { return Turn{n, time.Duration(n), time.Duration(2 * n), time.Duration(3 * n)} }
	m, ratio := medians([]Pair{{turn(100), turn(70)}, {turn(200), turn(180)}, {turn(100), turn(80)}})
	if want := (Pair{turn(100), turn(80)}); m != want || ratio != 0.8 {
		t.Errorf("%+v %v", m, ratio)
	}
	if got := median([]int64{4, 1, 3, 2}); got != 2 {
		t.Errorf("median %d", got)
	}
}

func TestWatchMemory(t *testing.T) {
	w := watchMemory(os.Getpid())
	m := w.stop()
	if m.Highest < 1<<20 || m.Peak < m.Highest {
		t.Errorf("%+v", m)
	}
	if processTime(os.Getpid()) > time.Since(begun)*time.Duration(runtime.NumCPU()) {
		t.Error("more time than there was")
	}
}
