package app

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lensan/server/safely"
)

// metricsHandler answers /metrics. Every figure is read when it is asked for,
// so nothing is counted twice on the redirect's way.
func (a *App) metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(a.timings.redirects, a.timings.commits, a.timings.batches, destinationStates{a})
	counter := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
	}
	gauge := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	counter("lensan_clicks_committed_total", "Clicks known to be durable.", func() float64 { return float64(a.clicks.Counts().Committed) })
	counter("lensan_clicks_lost_total", "Clicks that were redirected and not written.", func() float64 { return float64(a.clicks.Counts().Lost) })
	counter("lensan_commits_total", "Commits of the click journal.", func() float64 { return float64(a.clicks.Counts().Batches) })
	counter("lensan_views_malformed_total", "Reports of views that could not be read.", func() float64 { return float64(a.malformed.Load()) })
	counter("lensan_panics_total", "Faults of the program that ended one request, job or page: the log has the stack of each.", func() float64 { return float64(safely.Caught()) })
	gauge("lensan_clicks_unconfirmed", "Clicks redirected before their commit whose outcome is not known.", func() float64 { return float64(a.clicks.Counts().Unconfirmed) })
	gauge("lensan_clicks_waiting", "Clicks in memory that wait for a commit.", func() float64 { return float64(a.clicks.Counts().Waiting) })
	gauge("lensan_applied_seq", "Number of the last click of this server's own journal that is in the statistics.", func() float64 { return float64(a.journals.applier.Status().Seq) })
	gauge("lensan_applied_lag_clicks", "Clicks in this server's own journal that are not in the statistics yet.", func() float64 {
		applied := a.journals.applier.Status().Seq
		last, err := a.journals.own.Last(context.Background())
		if err != nil || last < applied {
			return 0
		}
		return float64(last - applied)
	})
	gauge("lensan_links_refreshed_timestamp_seconds", "When the link table was last known to be up to date.", func() float64 { return float64(a.refreshed.Load()) / 1000 })
	gauge("lensan_applied_timestamp_seconds", "When clicks were last applied.", func() float64 { return float64(a.journals.status().AppliedAt.UnixMilli()) / 1000 })
	gauge("lensan_applier_stalled", "1 while the statistics stand still.", func() float64 {
		if a.journals.status().StalledSince.IsZero() {
			return 0
		}
		return 1
	})
	gauge("lensan_visitor_key_unwritten", "1 while the day's visitor key could not be written: a restart would count people again.", func() float64 {
		if a.visitors.Err() == nil {
			return 0
		}
		return 1
	})
	gauge("lensan_reconciliation_differences", "Cubes that do not sum to the journal.", func() float64 { return float64(a.differences.Load()) })
	gauge("lensan_placements", "Placements in the link table.", func() float64 {
		if links := a.links.Load(); links != nil {
			return float64(links.Len())
		}
		return 0
	})
	a.journals.measure(counter, gauge)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}
