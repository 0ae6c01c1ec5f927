package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog"
)

// Bounds of what is fetched ahead and of one Read.
const (
	aheadMessages = 32
	aheadBytes    = 2 << 20
	readBytes     = 1 << 20
)

// readWait bounds how long Read waits for a message that must be there.
const readWait = 2 * time.Second

// forgetReader is when the brokers forget a reader that asks no more.
const forgetReader = 30 * time.Second

// reader follows the stream from some place on. The brokers keep nothing of it
// that matters: when it is gone another one is made.
type reader struct {
	id       string // of the journal
	position uint64 // number of the last batch that Read returned
	batches  chan clicklog.Batch
	begun    bool          // Read got something, or was told that there is nothing
	pending  atomic.Uint64 // messages that are still to come, as far as the last one told
	err      error         // why batches is closed
	stop     func()
}

// Read implements clicklog.Journal. It returns at most about 1 MiB of data.
func (j *Journal) Read(ctx context.Context, after uint64, max int) ([]clicklog.Batch, error) {
	j.reading.Lock()
	defer j.reading.Unlock()
	list, err := j.read(ctx, after, max)
	if err != nil {
		j.stopReader()
		return nil, fmt.Errorf("read stream after %d: %w", after, unavailable(err))
	}
	return list, nil
}

func (j *Journal) read(ctx context.Context, after uint64, max int) (list []clicklog.Batch, err error) {
	if r := j.reader; r != nil && (r.position != after || r.id != j.ID()) {
		j.stopReader()
	}
	if j.reader == nil {
		if err := j.startReader(ctx, after); err != nil {
			return nil, err
		}
	}
	r := j.reader
	take := func(b clicklog.Batch, open bool) error {
		if !open {
			return r.err
		}
		list = append(list, b)
		r.position, r.begun = b.Seq, true
		return nil
	}
	for size := 0; len(list) < max && size < readBytes; {
		select {
		case b, open := <-r.batches:
			if err := take(b, open); err != nil {
				if len(list) > 0 {
					return list, nil // the next call says so
				}
				return nil, err
			}
			size += len(b.Data)
			continue
		default:
		}
		break
	}
	if len(list) > 0 {
		return list, nil
	}
	if r.begun && r.pending.Load() == 0 {
		return nil, nil
	}
	_, info, err := j.reach(ctx)
	if err != nil {
		return nil, err
	}
	if info.State.LastSeq < after { // whoever asks for what comes after a number knows of it
		j.got(r.id, after)
		return nil, fmt.Errorf("%w: at %d, and had reached %d", errBehind, info.State.LastSeq, after)
	}
	if info.State.Msgs == 0 || info.State.LastSeq == after { // messages are trimmed from the first on: the last is there, or none
		r.begun = true
		return nil, nil
	}
	timer := time.NewTimer(readWait)
	defer timer.Stop()
	select {
	case b, open := <-r.batches:
		err = take(b, open)
		return list, err
	case <-timer.C:
		return nil, fmt.Errorf("nothing came within %s, though the stream reaches %d", readWait, info.State.LastSeq)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// startReader begins after a number.
func (j *Journal) startReader(ctx context.Context, after uint64) error {
	stream, info, err := j.reach(ctx)
	if err != nil {
		return err
	}
	r := &reader{id: j.ID(), position: after, batches: make(chan clicklog.Batch, aheadMessages)}
	consumer, err := createAtLeader(ctx, stream, info, jetstream.ConsumerConfig{
		Description: "Lên Sàn: applier", DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: forgetReader,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(aheadMessages, aheadBytes), jetstream.PullExpiry(5*time.Second), jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return err
	}
	done := make(chan struct{})
	r.stop = func() {
		close(done)
		messages.Stop()
	}
	go r.follow(messages, after, j.got, done)
	j.reader = r
	return nil
}

// leaderTries is how often a consumer is made until it lies on the broker that
// leads: the brokers choose one by chance.
const leaderTries = 20

// createAtLeader makes a consumer that reads what the broker has that leads the
// stream. Another one may have other messages under the same numbers: where two
// of three lost their files, the third keeps those that it had.
func createAtLeader(ctx context.Context, stream jetstream.Stream, info *jetstream.StreamInfo, c jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	for range leaderTries {
		consumer, err := stream.CreateConsumer(ctx, c)
		if err != nil {
			return nil, err
		}
		made := consumer.CachedInfo()
		if info.Cluster == nil || made.Cluster == nil || made.Cluster.Leader == info.Cluster.Leader {
			return consumer, nil
		}
		if err := stream.DeleteConsumer(ctx, made.Name); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no consumer came to lie on %s, which leads", info.Cluster.Leader)
}

func (j *Journal) stopReader() {
	if j.reader != nil {
		j.reader.stop()
		j.reader = nil
	}
}

// follow hands messages on until one is missing, the reader is stopped or gone.
func (r *reader) follow(messages jetstream.MessagesContext, position uint64, got func(id string, seq uint64), done chan struct{}) {
	defer close(r.batches)
	for delivered := uint64(1); ; delivered++ {
		m, err := messages.Next()
		if err != nil {
			r.err = err
			return
		}
		b, meta, err := batchOf(m)
		switch {
		case err != nil:
			r.err = err
			return
		case meta.Sequence.Consumer != delivered:
			r.err = errors.New("a message was lost on its way")
			return
		case b.Seq <= position: // a broker that lags began before its end
			continue
		}
		if b.After = b.Seq - 1; position == 0 {
			b.After = 0 // what was trimmed is not missed
		}
		position = b.Seq
		got(r.id, b.Seq)
		r.pending.Store(meta.NumPending + 1) // this one, until it is where Read looks
		select {
		case r.batches <- b:
			r.pending.Store(meta.NumPending)
		case <-done:
			r.err = errors.New("stopped")
			return
		}
	}
}

// batchOf returns a message's batch, and what the brokers say of it.
func batchOf(m jetstream.Msg) (b clicklog.Batch, meta *jetstream.MsgMetadata, err error) {
	if meta, err = m.Metadata(); err != nil {
		return b, nil, err
	}
	n, err := strconv.Atoi(m.Headers().Get(countName))
	if err != nil || n < 0 {
		return b, nil, fmt.Errorf("message %d says nothing of its clicks: %w", meta.Sequence.Stream, clicklog.ErrMalformed)
	}
	return clicklog.Batch{Seq: meta.Sequence.Stream, N: n, Data: m.Data()}, meta, nil
}
