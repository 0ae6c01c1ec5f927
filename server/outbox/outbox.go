// Package outbox keeps what is to be sent to people and machines elsewhere
// until it was, and knows nothing of what it says. Each message is sent once:
// it is claimed in the store before a try, so that of several servers one
// sends it, and a try that broke off when the other side may already have
// taken it is not repeated by itself but left to a person.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"lensan/server/referral"
)

// State says where a message stands.
type State string

// The states.
const (
	Waiting State = "waiting" // for its time
	Taken   State = "taken"   // by a server that is about to hand it over
	Handed  State = "handed"  // to the other side, whose answer is awaited
	Sent    State = "sent"
	Unclear State = "unclear" // handed over, but the answer never came
	Failed  State = "failed"  // refused, or given up
)

// Channels by which a message goes.
const (
	Mail    = "mail"
	Webhook = "webhook"
)

// Message is what is sent. Subject and Body are plain text; of a webhook the
// body is JSON.
type Message struct {
	Num       int64
	Key       string // what it is about: a second message with the same key is not one
	Kind      string // "report", "alert", "silence"
	Channel   string
	To        string // an e-mail address, or a URL
	Subject   string
	Body      string
	Files     []File
	State     State
	Tries     int
	Problem   string // of the last try that failed, for people
	CreatedAt time.Time
	NextAt    time.Time // of the next try
	DoneAt    time.Time // when it was sent or given up
}

// File is sent along with a message.
type File struct {
	Name, Type string
	Content    []byte
}

// Query narrows a list of messages. Its zero value asks for the newest 50.
type Query struct {
	States []State // none stands for all
	Cursor string
	Limit  int // 1 to 500, 0 for 50
}

// Store is what an Outbox needs of a database.
type Store interface {
	// PutMessages adds messages, in one transaction; those whose keys are there
	// already are left out. It returns how many were new.
	PutMessages(ctx context.Context, list []Message) (added int, err error)
	// TakeMessage makes the oldest message that is due Taken until a time and
	// returns it with its files; ok is false if none is. One that another server
	// took and did not settle in time is due again; one that it had handed over
	// becomes Unclear, or is due again if its channel may repeat.
	TakeMessage(ctx context.Context, now, until time.Time) (m Message, ok bool, err error)
	// SettleMessage writes State, Tries, Problem, NextAt and DoneAt of a message
	// that is Taken or Handed (referral.ErrConflict wrapped if it is not).
	SettleMessage(ctx context.Context, m Message) error
	// Messages lists without bodies and files, newest first.
	Messages(ctx context.Context, q Query) (list []Message, next string, err error)
	FindMessage(ctx context.Context, num int64) (Message, error)
	// RetryMessage makes a message that is Failed or Unclear wait for its next
	// try now (referral.ErrConflict if it is neither).
	RetryMessage(ctx context.Context, num int64, now time.Time, c referral.Change) error
	// ForgetMessages deletes what was done before a time.
	ForgetMessages(ctx context.Context, before time.Time) error
	HasMessage(ctx context.Context, key string) (bool, error)
	// CountMessages counts those in each state.
	CountMessages(ctx context.Context) (map[State]int, error)
}

// Errors of a Sender. Any other error is of a kind that may pass.
var (
	ErrRefused = errors.New("refused for good")
	ErrUnclear = errors.New("it may have been taken")
)

// Sender hands messages over. It calls handing right before the other side may
// take the message; an error of that ends the try.
type Sender interface {
	Send(ctx context.Context, m Message, handing func() error) error
}

var (
	errOff      = errors.New("no server is set for this channel")
	errNotStaff = referral.Errorf(referral.ErrForbidden, "error.forbidden")
)

// How an Outbox paces itself.
const (
	tryTime  = 2 * time.Minute // a try may take no longer
	takeTime = 5 * time.Minute // what is not settled by then is somebody else's
	giveUp   = 3 * 24 * time.Hour
	keptFor  = 400 * 24 * time.Hour
)

// pauses after the first, second… try that failed; the last one repeats.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour}

// Outbox is safe for use by many goroutines.
type Outbox struct {
	store   Store
	senders map[string]Sender // by channel
	now     func() time.Time
	log     *slog.Logger
	forgot  time.Time
}

// New returns an Outbox that sends by the given channels. Messages of others
// are refused by Put.
func New(s Store, senders map[string]Sender, now func() time.Time, log *slog.Logger) *Outbox {
	return &Outbox{store: s, senders: senders, now: now, log: log}
}

// Can says whether messages of a channel can be sent.
func (o *Outbox) Can(channel string) bool { return o.senders[channel] != nil }

// Put takes messages over; they are sent once this returns, whatever happens.
// Those whose keys it has already it leaves out, and returns how many were new.
func (o *Outbox) Put(ctx context.Context, list ...Message) (added int, err error) {
	now := o.now()
	for i := range list {
		m := &list[i]
		if !o.Can(m.Channel) {
			return 0, referral.Errorf(referral.ErrUnavailable, "error.channel_off", "channel", m.Channel)
		}
		m.State, m.CreatedAt, m.NextAt = Waiting, now, now
	}
	return o.store.PutMessages(ctx, list)
}

// Has reports whether a message with a key was put, sent or not.
func (o *Outbox) Has(ctx context.Context, key string) (bool, error) {
	return o.store.HasMessage(ctx, key)
}

// Tick sends what is due; it is called every few seconds. A message that could
// not be sent is no error of Tick.
func (o *Outbox) Tick(ctx context.Context) error {
	for {
		now := o.now()
		m, ok, err := o.store.TakeMessage(ctx, now, now.Add(takeTime))
		if err != nil {
			return fmt.Errorf("take message: %w", err)
		}
		if !ok {
			break
		}
		if err := o.send(ctx, m); err != nil {
			return err
		}
	}
	if now := o.now(); now.Sub(o.forgot) > 24*time.Hour {
		o.forgot = now
		return o.store.ForgetMessages(ctx, now.Add(-keptFor))
	}
	return nil
}

// send makes one try and settles it, even when ctx ends meanwhile.
func (o *Outbox) send(ctx context.Context, m Message) error {
	limited, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	sender, err := o.senders[m.Channel], error(errOff)
	if sender != nil {
		err = sender.Send(limited, m, func() error {
			m.State = Handed
			m.NextAt = o.now().Add(takeTime)
			return o.store.SettleMessage(limited, m)
		})
	}
	now := o.now()
	m.Tries++
	m.Problem, m.DoneAt = "", now
	switch {
	case err == nil:
		m.State = Sent
	case errors.Is(err, ErrUnclear):
		m.State, m.Problem = Unclear, err.Error()
	case errors.Is(err, ErrRefused) || now.Sub(m.CreatedAt) > giveUp:
		m.State, m.Problem = Failed, err.Error()
	default:
		m.State, m.Problem, m.DoneAt = Waiting, err.Error(), time.Time{}
		m.NextAt = now.Add(pauses[min(m.Tries, len(pauses))-1])
	}
	if err != nil {
		o.log.Warn("message was not sent", "num", m.Num, "kind", m.Kind, "channel", m.Channel, "state", m.State, "try", m.Tries,
			"err", strings.ReplaceAll(err.Error(), m.To, "…"))
	}
	settle, cancelSettle := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancelSettle()
	if err := o.store.SettleMessage(settle, m); err != nil {
		return fmt.Errorf("settle message %d: %w", m.Num, err)
	}
	return nil
}

// Messages lists messages, newest first; next is the cursor of the list's next
// part, "" at its end.
func (o *Outbox) Messages(ctx context.Context, q Query) (list []Message, next string, err error) {
	return o.store.Messages(ctx, q)
}

// Message returns a message with its files, or ErrNotFound.
func (o *Outbox) Message(ctx context.Context, num int64) (Message, error) {
	return o.store.FindMessage(ctx, num)
}

// Counts tells how many messages are in each state.
func (o *Outbox) Counts(ctx context.Context) (map[State]int, error) {
	return o.store.CountMessages(ctx)
}

// Retry sends a message again that failed, or that may not have arrived
// (ErrConflict for any other). The roles admin and editor may.
func (o *Outbox) Retry(ctx context.Context, a referral.Actor, num int64) error {
	if a.Role != referral.RoleAdmin && a.Role != referral.RoleEditor {
		return errNotStaff
	}
	return o.store.RetryMessage(ctx, num, o.now(), referral.Change{Time: o.now(), Actor: a.String(), Entity: "message", Key: fmt.Sprint(num), Verb: "retry"})
}
