package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"lensan/server/text"
)

// Options of a run.
type Options struct {
	// Bare returns a process that calls ServeBare, Real one that serves the
	// real thing with an empty database; see Setup. Their output is not read.
	Bare, Real func(Setup) *exec.Cmd

	Postgres bool // the real thing uses PostgreSQL,
	Shared   bool // and a journal that servers share

	Text        *text.Language
	Out         io.Writer     // where the table is printed
	Progress    io.Writer     // a terminal on which one line is written over and over, or nil
	Dir         string        // where the data folder is made; "" stands for os.TempDir()
	Connections int           // default 256
	Phones      int           // different ones that send the same requests; default 1
	Pairs       int           // default 3
	Duration    time.Duration // of one turn, default 5 s
	Warm        time.Duration // before each turn, default 1 s
}

// Setup is what a process under test must be started with.
type Setup struct {
	Listen   string // host:port
	Data     string // a folder (real)
	APIKey   string // an admin key (real)
	Location string // where to redirect to (bare)
}

func (o *Options) setDefaults() {
	if o.Connections <= 0 {
		o.Connections = 256
	}
	if o.Phones <= 0 {
		o.Phones = 1
	}
	if o.Pairs <= 0 {
		o.Pairs = 3
	}
	if o.Duration <= 0 {
		o.Duration = 5 * time.Second
	}
	if o.Warm <= 0 {
		o.Warm = time.Second
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
}

// Turn is what one server did in one turn.
type Turn struct {
	PerSecond float64
	P50, P99  time.Duration
	CPU       time.Duration // the server's processor time for one request, 0 if not known
}

// Pair is one turn of each, one right after the other.
type Pair struct{ Bare, Real Turn }

// Ratio returns the real server's requests per second divided by the bare one's.
func (p Pair) Ratio() float64 {
	if p.Bare.PerSecond == 0 {
		return 0
	}
	return p.Real.PerSecond / p.Bare.PerSecond
}

// Result is what a run found out.
type Result struct {
	Pairs    []Pair
	Median   Pair
	Ratio    float64 // median of the pairs' ratios
	Memory   Memory  // of the real server under load
	Answered int64   // redirects of the real server
	Recorded int64   // clicks in its statistics afterwards
	Lost     int64   // as the server itself counts them
}

// The faults of a run, as opposed to reasons why there was none.
var (
	ErrWrongAnswer = errors.New("wrong answer")
	ErrMiscounted  = errors.New("answered and recorded differ")
)

// Run measures and prints. It returns ErrWrongAnswer wrapped if a response was
// not the redirect, and ErrMiscounted, with a whole Result, if not exactly the
// clicks that were answered are recorded.
func Run(ctx context.Context, o Options) (Result, error) {
	o.setDefaults()
	dir, err := os.MkdirTemp(o.Dir, "lensan-bench-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	r := &run{Options: o, dir: dir, cores: pickCores(), print: printer{o.Text, o.Out, o.Progress}}
	r.print.head(r)
	defer r.stop()
	if err := r.start(ctx); err != nil {
		return Result{}, err
	}
	return r.measure(ctx)
}

type run struct {
	Options
	dir        string
	cores      cores
	print      printer
	bare, real *server
	api        *api
	code       string
	answered   int64
}

// start starts both servers, the real one first: its answer is the bare one's model.
func (r *run) start(ctx context.Context) (err error) {
	r.print.progress("starting")
	if r.api, err = newAPI(); err != nil {
		return err
	}
	if r.real, err = startServer(ctx, r.Real, Setup{Data: r.dir, APIKey: r.api.key}, r.cores); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	r.api.base = "http://" + r.real.address
	if err := r.api.ready(ctx, r.real, r.Shared); err != nil {
		return err
	}
	if r.code, err = r.api.createPlacement(ctx); err != nil {
		return err
	}
	location, err := r.api.follow(ctx, "/go/"+r.code)
	if err != nil {
		return err
	}
	r.answered++
	if r.bare, err = startServer(ctx, r.Bare, Setup{Location: location}, r.cores); err != nil {
		return fmt.Errorf("start the bare server: %w", err)
	}
	return nil
}

func (r *run) stop() {
	r.bare.stop()
	r.real.stop()
}

// countWait is how long the last clicks may take to be counted: those of a slow
// disk are answered before they are durable.
const countWait = 2 * time.Second

func (r *run) measure(ctx context.Context) (Result, error) {
	var result Result
	r.print.tableHead()
	day := today()
	watch := watchMemory(r.real.pid())
	for n := range r.Pairs {
		var p Pair
		var err error
		if p.Bare, err = r.turn(ctx, r.bare, "turn_bare", n); err != nil {
			return result, err
		}
		if p.Real, err = r.turn(ctx, r.real, "turn_real", n); err != nil {
			return result, err
		}
		result.Pairs = append(result.Pairs, p)
		r.print.pair(fmt.Sprint(n+1), p, p.Ratio())
	}
	result.Memory = watch.stop()
	result.Median, result.Ratio = medians(result.Pairs)
	r.print.progress("counting")
	result.Answered = r.answered
	var err error
	for end := time.Now().Add(countWait); ; {
		if result.Recorded, result.Lost, err = r.api.recorded(ctx, day, r.code); err != nil {
			return result, err
		}
		if result.Recorded >= result.Answered || time.Now().After(end) {
			break
		}
		if err := r.real.pause(ctx); err != nil {
			return result, err
		}
	}
	enough := Enough
	if r.Shared {
		enough = EnoughShared
		if degraded, err := r.api.degraded(ctx); err != nil || len(degraded) > 0 {
			r.print.line(r.print.t("own_journal"))
		}
	}
	r.print.end(result, enough)
	if result.Recorded != result.Answered {
		return result, fmt.Errorf("%d answered, %d recorded: %w", result.Answered, result.Recorded, ErrMiscounted)
	}
	return result, nil
}

func (r *run) turn(ctx context.Context, s *server, name string, n int) (Turn, error) {
	r.print.progress(name, "n", fmt.Sprint(n+1), "of", fmt.Sprint(r.Pairs))
	l := load{address: s.address, requests: requests(s.address, "/go/"+r.code, r.Connections, r.Phones), warm: r.Warm, duration: r.Duration, core: r.cores.client}
	used := processTime(s.pid())
	t, err := l.drive(ctx)
	used = processTime(s.pid()) - used
	if s == r.real {
		r.answered += t.answered
	}
	if err != nil {
		return Turn{}, fmt.Errorf("%s: %w", s.address, err)
	}
	return Turn{float64(t.measured) / t.elapsed.Seconds(), t.latency.percentile(0.5), t.latency.percentile(0.99), used / time.Duration(max(1, t.answered))}, nil
}
