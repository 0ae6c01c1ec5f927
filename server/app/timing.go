package app

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"lensan/server/clicklog"
)

// sampleMask makes one request of 16 timed: two looks at the clock and a lock
// on each would be seen in the redirects a second.
const sampleMask = 15

// timings are the histograms. Without LENSAN_METRICS_LISTEN nobody can ask for
// them, and nothing is timed.
type timings struct {
	redirects prometheus.Histogram
	commits   prometheus.Histogram
	batches   prometheus.Histogram
}

func newTimings() timings {
	return timings{
		redirects: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lensan_redirect_duration_seconds",
			Help:    "From a request to its redirect, the commit of its click included; one of 16 is timed.",
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1}}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lensan_commit_duration_seconds",
			Help:    "Commits of the click journal, failed ones included.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lensan_commit_clicks",
			Help:    "Clicks in a commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12)}),
	}
}

// timed times what is answered with 302: redirects of codes. Forms answer with 303.
func (a *App) timed(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	if a.config.MetricsListen == "" {
		return next
	}
	return func(c *fasthttp.RequestCtx) {
		if rand.Uint32()&sampleMask != 0 {
			next(c)
			return
		}
		begun := time.Now()
		next(c)
		if c.Response.StatusCode() == fasthttp.StatusFound {
			a.timings.redirects.Observe(time.Since(begun).Seconds())
		}
	}
}

func (a *App) timedJournal() clicklog.Writer {
	w := a.journals.writable()
	if a.config.MetricsListen == "" {
		return w
	}
	return timedJournal{w, a.timings}
}

// timedJournal times the commits of a journal.
type timedJournal struct {
	writable
	timings
}

func (j timedJournal) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	begun := time.Now()
	seq, err := j.writable.Append(ctx, data, n)
	j.commits.Observe(time.Since(begun).Seconds())
	j.batches.Observe(float64(n))
	return seq, err
}
