package jetstream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lensan/server/referral"
)

// reach looks at the stream, makes it if there is none, and returns it with its
// state.
func (j *Journal) reach(ctx context.Context) (jetstream.Stream, *jetstream.StreamInfo, error) {
	select {
	case j.reaching <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("stream %s: %w", Stream, unavailable(ctx.Err()))
	}
	defer func() { <-j.reaching }()
	j.mu.Lock()
	id, reached := j.id, j.highest // what is acknowledged meanwhile may be past the answer
	j.mu.Unlock()
	stream, err := j.js.Stream(ctx, Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = j.create(ctx)
	}
	switch {
	case err != nil:
		err = unavailable(err)
	case stream.CachedInfo().Config.Metadata[idKey] == "":
		err = fmt.Errorf("it was not made by this program: %w", referral.ErrConflict)
	case stream.CachedInfo().Config.Metadata[idKey] != id:
		err = j.adopt(ctx, stream)
	case stream.CachedInfo().State.LastSeq < reached:
		err = j.wentBack(ctx, stream, reached)
	default:
		j.mu.Lock()
		j.behind, j.highest = time.Time{}, max(j.highest, stream.CachedInfo().State.LastSeq)
		j.mu.Unlock()
	}
	if ctx.Err() == nil && !errors.Is(err, errBehind) {
		j.mu.Lock()
		if j.fault = err; err == nil {
			j.asked = time.Now()
		}
		j.mu.Unlock()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("stream %s: %w", Stream, err)
	}
	return stream, stream.CachedInfo(), nil
}

// adopt takes up a stream that was not known under its name, or gives it
// another one if the store has more of that name than there is.
func (j *Journal) adopt(ctx context.Context, stream jetstream.Stream) error {
	info := stream.CachedInfo()
	id := info.Config.Metadata[idKey]
	wait, cancel := context.WithTimeout(ctx, apiWait)
	defer cancel()
	applied, err := j.o.Applied(wait, id)
	if err != nil {
		return unavailable(err)
	}
	if applied > info.State.LastSeq {
		j.o.Log.Error("the stream ends before what was applied", "stream", Stream, "last", info.State.LastSeq, "applied", applied)
		return j.rename(ctx, info.Config)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.id, j.behind, j.highest = id, time.Time{}, info.State.LastSeq
	return nil
}

// settle is how long a stream may end before a number that it had reached: a
// broker that has just begun to lead may not have all at hand.
const settle = 3 * time.Second

var errBehind = errors.New("it ends before where it was")

// wentBack waits for a stream to reach again where it was, and in the end gives
// it another name: the numbers from its end on were given before.
func (j *Journal) wentBack(ctx context.Context, stream jetstream.Stream, reached uint64) error {
	j.mu.Lock()
	if j.behind.IsZero() {
		j.behind = time.Now()
	}
	waited := time.Since(j.behind)
	j.mu.Unlock()
	last := stream.CachedInfo().State.LastSeq
	if waited < settle {
		return unavailable(fmt.Errorf("%w: at %d, and had reached %d", errBehind, last, reached))
	}
	j.o.Log.Error("the brokers lost clicks that they had acknowledged", "stream", Stream, "from", last+1, "to", reached)
	return j.rename(ctx, stream.CachedInfo().Config)
}

// rename gives the stream another name, so that its numbers mean something
// again. Its messages are read from the first; tickets tell what was counted.
func (j *Journal) rename(ctx context.Context, c jetstream.StreamConfig) error {
	c.Metadata = map[string]string{idKey: newID()}
	if _, err := j.js.UpdateStream(ctx, c); err != nil {
		return unavailable(err)
	}
	return unavailable(errors.New("it was given another name")) // under which the next look finds it
}

func newID() string { return "stream-" + rand.Text() }

// errNotClustered is the brokers' code for one that stands alone.
const errNotClustered = 10074

// create makes the stream on three brokers; on two if two are named; on one
// that stands alone. Another server may do so at the same moment.
func (j *Journal) create(ctx context.Context) (jetstream.Stream, error) {
	c := jetstream.StreamConfig{
		Name: Stream, Description: "Lên Sàn: clicks that are not applied yet", Subjects: []string{subjects},
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage,
		Replicas: Replicas, Duplicates: duplicates, Metadata: map[string]string{idKey: newID()},
	}
	if len(j.o.Brokers) == 2 {
		c.Replicas = 2
	}
	stream, err := j.js.CreateStream(ctx, c)
	var refused *jetstream.APIError
	if errors.As(err, &refused) && refused.ErrorCode == errNotClustered && len(j.o.Brokers) == 1 {
		c.Replicas = 1
		stream, err = j.js.CreateStream(ctx, c)
	}
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return j.js.Stream(ctx, Stream)
	}
	if err == nil {
		if before := j.ID(); before != "" {
			j.o.Log.Error("the stream of clicks was gone, and what was in it and not applied", "stream", Stream, "journal", before, "reached", j.Reached())
		}
		j.o.Log.Info("made the stream of clicks", "stream", Stream, "journal", c.Metadata[idKey], "replicas", c.Replicas)
	}
	return stream, err
}
