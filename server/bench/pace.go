package bench

import (
	"context"
	"time"
)

// Load drives a server that runs already: each connection follows a path again
// and again, as a phone does.
type Load struct {
	Address        string // host:port
	Path           string
	Connections    int           // default 256
	Rate           float64       // requests a second; 0: as many as are answered
	Warm, Duration time.Duration // Warm is not measured
}

// Answers is what came of a load. Waits count from when a request was due.
type Answers struct {
	All       int64   // while warming, too
	PerSecond float64 // measured
	Steady    float64 // what was reached in 99 of 100 tenths of a second: virtual machines change their speed
	P50, P99  time.Duration
}

// Drive returns ErrWrongAnswer wrapped if an answer was not the redirect.
func (l Load) Drive(ctx context.Context) (Answers, error) {
	if l.Connections <= 0 {
		l.Connections = 256
	}
	t, err := (&load{address: l.Address, requests: requests(l.Address, l.Path, l.Connections, maxDistinct), rate: l.Rate,
		warm: l.Warm, duration: l.Duration, core: pickCores().client}).drive(ctx)
	if err != nil {
		return Answers{All: t.answered}, err
	}
	return Answers{t.answered, float64(t.measured) / t.elapsed.Seconds(), t.steady(), t.latency.percentile(0.5), t.latency.percentile(0.99)}, nil
}

// OnServerCore calls start, which starts a server, on a core that no load uses.
func OnServerCore(start func() error) error { return pinned(pickCores().server, start) }
