package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// visitors are people behind a balancer: each clicks on a placement of its own,
// one click after the other, at one of two servers, and at the other when that
// one does not answer.
type visitors struct {
	t       *testing.T
	codes   []string
	servers [2]atomic.Pointer[process]

	answered []atomic.Int64 // with 302, by placement
	cut      []atomic.Int64 // requests without an answer, which may be recorded
	longest  atomic.Int64   // wait for an answer, in ns, since it was set to 0
	stop     chan struct{}
	all      sync.WaitGroup
}

// patience is how long the balancer waits for a server.
const patience = 2 * time.Second

func arrive(t *testing.T, codes []string, servers [2]*process) *visitors {
	v := &visitors{t: t, codes: codes, answered: make([]atomic.Int64, len(codes)), cut: make([]atomic.Int64, len(codes)), stop: make(chan struct{})}
	for i, s := range servers {
		v.servers[i].Store(s)
	}
	for i := range codes {
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
			if v.click(client, v.servers[at].Load(), i) {
				waited := int64(time.Since(begun))
				for was := v.longest.Load(); waited > was && !v.longest.CompareAndSwap(was, waited); was = v.longest.Load() {
				}
				break
			}
			if time.Since(begun) > 20*time.Second {
				v.t.Error("neither server answers")
				return
			}
		}
	}
}

func (v *visitors) click(client *http.Client, server *process, i int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/go/"+v.codes[i], nil)
	if err != nil {
		v.t.Error(err)
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		v.cut[i].Add(1)
		time.Sleep(5 * time.Millisecond)
		return false
	}
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		v.t.Errorf("answered %s", response.Status)
	}
	v.answered[i].Add(1)
	return true
}

// leave ends the visit of all.
func (v *visitors) leave() {
	close(v.stop)
	v.all.Wait()
}
