package main

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lensan/server/referral"
)

// visitors are people behind a balancer: each clicks on a placement of its own,
// one click after the other, at one of two servers, and at the other when that
// one does not answer.
type visitors struct {
	t       *testing.T
	codes   []string
	servers [2]atomic.Pointer[process]

	answered []atomic.Int64 // with 302, by placement
	cut      []atomic.Int64 // requests that a server took and did not answer, which may be recorded
	longest  atomic.Int64   // wait for an answer, in ns
	stop     chan struct{}
	all      sync.WaitGroup

	clocks [2]*clock // of the servers, nil: this machine's
	mu     sync.Mutex
	days   map[referral.Day]int64 // answered, by the server's day
	torn   map[referral.Day]int64 // answered, on this day or on another
}

// patience is how long the balancer waits for a server.
func patience() time.Duration { return commitWait() + 1750*time.Millisecond }

func arrive(c *cluster) *visitors {
	n := len(c.codes)
	v := &visitors{t: c.t, codes: c.codes, answered: make([]atomic.Int64, n), cut: make([]atomic.Int64, n), stop: make(chan struct{}),
		clocks: c.clocks, days: map[referral.Day]int64{}, torn: map[referral.Day]int64{}}
	for i, s := range c.servers {
		v.servers[i].Store(s)
	}
	for i := range c.codes {
		v.all.Go(func() { v.visit(i) })
	}
	return v
}

func (v *visitors) visit(i int) {
	client, at := noRedirect(1), i%2
	defer client.CloseIdleConnections()
	for {
		select {
		case <-v.stop:
			return
		default:
		}
		for begun := time.Now(); ; at = 1 - at {
			day := v.clocks[at].today()
			if v.click(client, v.servers[at].Load(), i) {
				v.book(day, v.clocks[at].today())
				waited := int64(time.Since(begun))
				for was := v.longest.Load(); waited > was && !v.longest.CompareAndSwap(was, waited); was = v.longest.Load() {
				}
				break
			}
			if time.Since(begun) > 5*time.Minute {
				v.t.Error("neither server answers")
				return
			}
		}
	}
}

func (v *visitors) click(client *http.Client, server *process, i int) bool {
	unanswered := int64(0) // the client itself repeats a request that a connection ends under
	ctx, cancel := context.WithTimeout(context.Background(), patience())
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { unanswered++ }})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/go/"+v.codes[i], nil)
	if err != nil {
		v.t.Error(err)
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		v.cut[i].Add(unanswered)
		time.Sleep(5 * time.Millisecond)
		return false
	}
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		v.t.Errorf("answered %s", response.Status)
	}
	v.answered[i].Add(1)
	v.cut[i].Add(unanswered - 1)
	return true
}

// book keeps on which day of the server a click was answered.
func (v *visitors) book(asked, answered referral.Day) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if asked == answered {
		v.days[asked]++
		return
	}
	v.torn[asked]++
	v.torn[answered]++
}

// sum returns how many clicks were answered until now.
func (v *visitors) sum() (n int64) {
	for i := range v.answered {
		n += v.answered[i].Load()
	}
	return n
}

// leave ends the visit of all.
func (v *visitors) leave() {
	close(v.stop)
	v.all.Wait()
}
