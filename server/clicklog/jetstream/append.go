package jetstream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lensan/server/clicklog"
	"lensan/server/referral"
)

// Append implements clicklog.Journal. It returns when a majority of the brokers
// has the batch. Several goroutines may call it at once.
func (j *Journal) Append(ctx context.Context, data []byte, n int) (uint64, error) {
	ticket, _, err := clicklog.CutTicket(data)
	if err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	id := ticket.String()
	if ticket.Origin == "" {
		id = rand.Text()
	}
	seq, err := j.publish(ctx, id, data, n)
	if err != nil {
		return 0, fmt.Errorf("append %d clicks: %w", n, err)
	}
	return seq, nil
}

// pingWait is how long a broker may take to say that it is there.
const pingWait = 200 * time.Millisecond

// leaveAfter is the number of failed probes in a row after which another broker
// is tried though this one is there: it may be cut off from the others.
const leaveAfter = 20

// Probe tells whether the stream takes writes again: it looks for it, makes it
// if there is none, and appends a batch without clicks. When that fails because
// the broker at hand does not answer anything another one is tried.
func (j *Journal) Probe(ctx context.Context) error {
	_, _, err := j.reach(ctx)
	if err == nil {
		_, err = j.publish(ctx, rand.Text(), nil, 0)
	}
	if err == nil {
		j.probes.Store(0)
		return nil
	}
	failed := j.probes.Add(1)
	if j.conn.IsConnected() {
		ping, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingWait)
		defer cancel()
		if j.conn.FlushWithContext(ping) != nil || failed%leaveAfter == 0 {
			_ = j.conn.ForceReconnect() // fails only when closed
		}
	}
	return fmt.Errorf("probe: %w", err)
}

// notSent are the errors of a message that never left.
var notSent = []error{nats.ErrReconnectBufExceeded, nats.ErrConnectionClosed, nats.ErrInvalidConnection, nats.ErrMaxPayload, jetstream.ErrNoStreamResponse}

func (j *Journal) publish(ctx context.Context, id string, data []byte, n int) (uint64, error) {
	j.mu.Lock()
	journal, before, fault := j.id, j.highest, j.fault
	j.mu.Unlock()
	if fault != nil {
		return 0, fault
	}
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{countName: []string{strconv.Itoa(n)}}}
	ack, err := j.js.PublishMsg(ctx, m, jetstream.WithMsgID(id), jetstream.WithExpectStream(Stream), jetstream.WithRetryAttempts(0))
	if err != nil {
		for _, sure := range notSent {
			if errors.Is(err, sure) {
				return 0, unavailable(err)
			}
		}
		return 0, errors.Join(clicklog.ErrUnknown, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if !ack.Duplicate && ack.Sequence <= before {
		j.fault = fmt.Errorf("number %d was given again after %d: %w", ack.Sequence, before, errors.Join(referral.ErrConflict, referral.ErrUnavailable))
		return 0, errors.Join(clicklog.ErrUnknown, j.fault)
	}
	if journal == j.id {
		j.highest = max(j.highest, ack.Sequence)
	}
	return ack.Sequence, nil
}
