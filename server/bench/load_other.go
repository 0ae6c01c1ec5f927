//go:build !linux

package bench

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// drive runs the load with a goroutine a connection. Where the server is
// faster than that, the ratio comes out too near to 1.
func (l *load) drive(ctx context.Context) (tally, error) {
	start := time.Now()
	from, until := start.Add(l.warm), start.Add(l.warm+l.duration)
	sum := newTally(l.duration)
	var first error
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, request := range l.requests {
		all.Go(func() {
			one := newTally(l.duration)
			err := l.one(ctx, request, from, until, &one)
			mu.Lock()
			defer mu.Unlock()
			sum.add(&one)
			if first == nil {
				first = err
			}
		})
	}
	all.Wait()
	return sum, first
}

func (l *load) one(ctx context.Context, request []byte, from, until time.Time, t *tally) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", l.address)
	if err != nil {
		return err
	}
	defer c.Close()
	buf := make([]byte, 4<<10)
	for sent := time.Now(); sent.Before(until) && ctx.Err() == nil; {
		c.SetDeadline(sent.Add(answerWait))
		if _, err := c.Write(request); err != nil {
			return err
		}
		for n, length := 0, 0; length == 0; {
			got, err := c.Read(buf[n:])
			if err != nil {
				return fmt.Errorf("%w: %w", err, ErrWrongAnswer)
			}
			n += got
			if length, err = cutAnswer(buf[:n]); err != nil {
				return err
			}
		}
		now := time.Now()
		t.answered++
		if now.After(from) && now.Before(until) {
			t.measure(now.Sub(from), now.Sub(sent))
		}
		if sent = sent.Add(l.gap() * time.Duration(len(l.requests))); sent.Before(now) {
			sent = now
		}
		time.Sleep(time.Until(sent))
	}
	return ctx.Err()
}
