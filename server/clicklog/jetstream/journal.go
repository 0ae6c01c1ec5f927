// Package jetstream keeps clicks on their way in a stream of NATS JetStream,
// which several servers share and which outlives the loss of a broker in three.
//
// A commit is one message: the batch's data, the number of its clicks in a
// header, and as Nats-Msg-Id its ticket (clicklog.Ticket). It is acknowledged
// when a majority of the brokers has it. The stream numbers messages, not
// clicks, and is given a name of its own when it is made; who applies it moves
// that name's number in the store.
//
// # What is not known
//
// A message that was sent and not acknowledged may be in the stream, may never
// be, or may come to be in it minutes later, out of the buffer of a broker that
// stood still. Sending it again under its Nats-Msg-Id is safe only while the
// stream remembers that (Duplicates), and only as soon as the brokers answer
// again; until then its clicks would be in memory alone. So this package does
// not send twice. It says clicklog.ErrUnknown, and its caller (package
// fallback) at once writes the batch into the local journal under the same
// ticket and gives that ticket's origin up. Both copies may be read: the store
// keeps, in the transaction that adds clicks up, which tickets were counted, and
// whoever reads the second copy passes it over. That holds for a copy that
// comes a month later, too.
//
// # What a stream may lose
//
// Brokers answer before they sync to disk (sync_interval). What stops a majority
// of machines at one moment, not just processes, can take back what was
// acknowledged; those clicks are gone, and new messages get their numbers. The
// journal notices an acknowledgement or an end of the stream that lies before a
// number that was reached, says so in the log and gives the stream another name:
// it is then read from its beginning, and tickets tell what was counted. A stream
// that is gone altogether is made anew, with a name of its own.
package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lensan/server/referral"
)

// Names at the brokers.
const (
	Stream  = "LENSAN_CLICKS"
	subject = "lensan.clicks.batch"

	subjects  = "lensan.clicks.>"
	idKey     = "lensan-journal" // of the stream's metadata
	countName = "Lensan-Clicks"  // header: clicks in the message
)

// Replicas is on how many brokers the stream lies, if there are as many.
const Replicas = 3

// duplicates is for how long the stream itself knows a ticket again.
const duplicates = 2 * time.Minute

// Times.
const (
	apiWait     = time.Second // bounds a question to the brokers
	connectWait = time.Second
	writeWait   = time.Second     // holds up all that the connection is asked for, closing it included
	pingEvery   = 2 * time.Second // a broker that does not answer two pings is left for another
	retryEvery  = 200 * time.Millisecond
	askEvery    = time.Second
)

// MaxMessage is what brokers must take in one message (their max_payload).
const MaxMessage = 1 << 20

// Options of a Journal.
type Options struct {
	Brokers []string // "nats://host:4222" or "tls://…", with credentials where they are needed
	Log     *slog.Logger
	// Applied returns up to which number a journal was applied. Required.
	Applied func(ctx context.Context, id string) (uint64, error)
}

// Journal is a clicklog.Journal in a stream. Its methods may be called from any
// goroutine; at most one reads.
type Journal struct {
	o    Options
	conn *nats.Conn
	js   jetstream.JetStream

	reaching chan struct{} // filled while the stream is looked for or made
	mu       sync.Mutex
	id       string
	highest  uint64    // number up to which the stream is known to reach
	asked    time.Time // when its end was last asked for
	behind   time.Time // since when it ends before that, zero if it does not
	fault    error     // why the stream cannot be used, as of the last look

	probes atomic.Int64 // failed ones in a row

	reading sync.Mutex
	reader  *reader
}

// Open returns a journal that connects by itself, now and whenever it must
// again. The first start makes the stream.
func Open(o Options) (*Journal, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	j := &Journal{o: o, reaching: make(chan struct{}, 1), fault: unavailable(errors.New("not reached yet"))}
	var err error
	if j.conn, err = connect(o.Brokers, j.options()); err != nil {
		return nil, err
	}
	if j.js, err = jetstream.New(j.conn, jetstream.WithDefaultTimeout(apiWait)); err != nil {
		j.conn.Close()
		return nil, fmt.Errorf("connect to brokers: %w", err)
	}
	return j, nil
}

func connect(brokers []string, options []nats.Option) (*nats.Conn, error) {
	conn, err := nats.Connect(strings.Join(brokers, ","), options...)
	if err != nil {
		return nil, fmt.Errorf("connect to brokers: %w", withoutURL(err))
	}
	return conn, nil
}

func (j *Journal) options() []nats.Option {
	list := []nats.Option{
		nats.Name("lensan"), nats.Timeout(connectWait), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(retryEvery), nats.ReconnectJitter(retryEvery/2, retryEvery/2),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(2), nats.FlusherTimeout(writeWait),
		nats.ReconnectBufSize(-1), // what cannot be sent now is written elsewhere now
		nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				j.o.Log.Warn("connection to the brokers is lost", "err", withoutURL(err))
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { j.o.Log.Info("connected to a broker", "broker", c.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if !errors.Is(err, nats.ErrSlowConsumer) { // of which the reader finds out
				j.o.Log.Warn("broker", "err", withoutURL(err))
			}
		}),
	}
	for _, broker := range j.o.Brokers {
		if u, err := url.Parse(broker); err == nil && u.User != nil { // also for brokers that it names later
			if password, ok := u.User.Password(); ok {
				return append(list, nats.UserInfo(u.User.Username(), password))
			}
			return append(list, nats.Token(u.User.Username()))
		}
	}
	return list
}

// withoutURL leaves out what may hold a password.
func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

func unavailable(err error) error { return errors.Join(err, referral.ErrUnavailable) }

// ID returns the name that the stream was given when it was made, "" before it
// was reached for the first time.
func (j *Journal) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.id
}

// Err returns why the stream cannot be used, as far as is known without asking.
func (j *Journal) Err() error {
	if status := j.conn.Status(); status != nats.CONNECTED {
		return unavailable(fmt.Errorf("connection to the brokers is %s", strings.ToLower(status.String())))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.fault
}

// got is told of a message.
func (j *Journal) got(id string, seq uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if id == j.id {
		j.highest = max(j.highest, seq)
	}
}

// Reached returns the number up to which the stream is known to reach, without
// asking.
func (j *Journal) Reached() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.highest
}

// Last returns the number of the last message that is known of, 0 if none. It
// asks the brokers, which is dear, once in askEvery; what was written here or
// read since is known of at once.
func (j *Journal) Last(ctx context.Context) (uint64, error) {
	j.mu.Lock()
	last, known := j.highest, j.fault == nil && time.Since(j.asked) < askEvery
	j.mu.Unlock()
	if known && j.conn.IsConnected() {
		return last, nil
	}
	return j.LastNow(ctx)
}

// LastNow returns the number of the last message that anybody has written, 0 if
// none.
func (j *Journal) LastNow(ctx context.Context) (uint64, error) {
	_, info, err := j.reach(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// Trim forgets messages up to and including one. It looks at the stream first:
// one that was made anew has the same name at the brokers, and other numbers.
func (j *Journal) Trim(ctx context.Context, seq uint64) error {
	id := j.ID()
	if id == "" || seq == 0 {
		return nil
	}
	stream, _, err := j.reach(ctx)
	if err == nil && j.ID() != id {
		err = errors.New("it was made anew")
	}
	if err == nil {
		err = stream.Purge(ctx, jetstream.WithPurgeSequence(seq+1))
	}
	if err != nil {
		return fmt.Errorf("trim stream up to %d: %w", seq, unavailable(err))
	}
	return nil
}

// Close ends the connection. What was acknowledged stays.
func (j *Journal) Close() error {
	j.conn.Close()
	j.reading.Lock()
	defer j.reading.Unlock()
	j.stopReader()
	return nil
}
