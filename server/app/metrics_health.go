package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lensan/server/health"
)

// scrapeWait bounds how long a scrape waits for the database.
const scrapeWait = time.Second

// destinationStates tells the effective state of each destination as one
// series a state, of which one is 1. With the database away it tells nothing.
type destinationStates struct{ app *App }

var destinationState = prometheus.NewDesc("lensan_destination_state", "1 for the state in which a destination is: alive, dead or unknown.",
	[]string{"destination", "state"}, nil)

func (d destinationStates) Describe(to chan<- *prometheus.Desc) { to <- destinationState }

func (d destinationStates) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWait)
	defer cancel()
	list, err := d.app.registry.Destinations(ctx)
	if err != nil {
		return
	}
	for _, destination := range list {
		now := d.app.health.Status(destination.ID).Effective()
		for _, state := range []health.State{health.Alive, health.Dead, health.Unknown} {
			value := 0.0
			if state == now {
				value = 1
			}
			to <- prometheus.MustNewConstMetric(destinationState, prometheus.GaugeValue, value, destination.ID, string(state))
		}
	}
}
