package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Inspection is what Inspect saw.
type Inspection struct {
	ID         string // of the journal; "" for a stream that another program made
	Made       bool   // there is a stream
	Last       uint64 // number of the last message ever written
	Replicas   int    // brokers on which the stream is to lie,
	Current    int    // and those that have all of it
	MaxMessage int64  // bytes that a broker takes in one message
}

// Inspect looks at the stream beside a server that may use it. It changes nothing.
func Inspect(ctx context.Context, brokers []string) (i Inspection, err error) {
	j := &Journal{o: Options{Brokers: brokers, Log: slog.New(slog.DiscardHandler)}}
	j.conn, err = connect(brokers, append(j.options(), nats.RetryOnFailedConnect(false), nats.MaxReconnects(0)))
	if err != nil {
		return i, err
	}
	defer j.conn.Close()
	i.MaxMessage = j.conn.MaxPayload()
	js, err := jetstream.New(j.conn, jetstream.WithDefaultTimeout(2*apiWait))
	if err != nil {
		return i, fmt.Errorf("inspect stream: %w", err)
	}
	stream, err := js.Stream(ctx, Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return i, nil
	}
	if err != nil {
		return i, fmt.Errorf("inspect stream: %w", err)
	}
	info := stream.CachedInfo()
	i.ID, i.Made, i.Last, i.Replicas, i.Current = info.Config.Metadata[idKey], true, info.State.LastSeq, info.Config.Replicas, 1
	if info.Cluster != nil {
		for _, peer := range info.Cluster.Replicas {
			if peer.Current && !peer.Offline {
				i.Current++
			}
		}
	}
	return i, nil
}
