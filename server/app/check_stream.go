package app

import (
	"context"
	"fmt"
	"time"

	"lensan/server/clicklog/jetstream"
	"lensan/server/config"
	"lensan/server/referral"
)

// maxBatches is the number of batches not counted yet past which Check warns.
const maxBatches = 10_000

// streamWait bounds how long Check waits for brokers.
const streamWait = 5 * time.Second

// checkStream looks at the journal that servers share. What is counted is asked
// before where it ends: a server may run.
func checkStream(ctx context.Context, c config.Config) Finding {
	ctx, cancel := context.WithTimeout(ctx, streamWait)
	defer cancel()
	brokers := c.Brokers()
	seen, err := jetstream.Inspect(ctx, brokers)
	var applied uint64
	if err == nil && seen.ID != "" {
		applied = appliedOf(ctx, c, seen.ID)
		seen, err = jetstream.Inspect(ctx, brokers)
	}
	if err != nil {
		return Finding{Subject: "stream", Level: Warning, Key: "stream_away", Args: referral.Args{"cause": err.Error()}}
	}
	backlog := int64(seen.Last) - int64(applied)
	f := Finding{Subject: "stream", Key: "stream_fine", Args: referral.Args{"stream": jetstream.Stream, "current": fmt.Sprint(seen.Current), "replicas": fmt.Sprint(seen.Replicas),
		"seq": fmt.Sprint(seen.Last), "n": fmt.Sprint(max(0, backlog)), "named": fmt.Sprint(len(brokers)), "want": fmt.Sprint(min(len(brokers), jetstream.Replicas))}}
	switch {
	case seen.MaxMessage < jetstream.MaxMessage:
		f.Level, f.Key = Failure, "stream_small"
		f.Args["kb"], f.Args["want"] = fmt.Sprint(seen.MaxMessage>>10), fmt.Sprint(jetstream.MaxMessage>>10)
	case !seen.Made:
		f.Key = "stream_fresh"
	case seen.ID == "":
		f.Level, f.Key = Failure, "stream_foreign"
	case backlog > maxBatches:
		f.Level, f.Key = Warning, "stream_backlog"
	case seen.Current < seen.Replicas:
		f.Level, f.Key = Warning, "stream_fewer"
	case seen.Replicas < min(len(brokers), jetstream.Replicas):
		f.Level, f.Key = Warning, "stream_lone"
	}
	return f
}
