package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestHostile_requests sends what no browser sends. Nothing of it is answered
// twice or counted where it must not be, and meanwhile people are redirected.
func TestHostile_requests(t *testing.T) {
	server := startWatched(t, t.TempDir())
	codes := server.placements(3)
	guest := server.invite(codes[2])
	before := server.holds()

	fill := strings.NewReplacer("{code}", codes[0], "{smuggled}", codes[1], "{length}", fmt.Sprint(len(smuggled)-4), "{hex}", fmt.Sprintf("%x", len(smuggled)-4))
	var all sync.WaitGroup
	for _, s := range malformed {
		all.Go(func() { server.refuses(s.name, fill.Replace(s.bytes)) })
	}
	for _, s := range smuggling {
		all.Go(func() { server.refuses("smuggling: "+s.name, fill.Replace(s.bytes)) })
	}
	for _, s := range swallowed {
		all.Go(func() { server.answersOnce(s.name, fill.Replace(s.bytes)) })
	}
	all.Wait()

	t.Logf("%d malformed, %d smuggling and %d unusual requests", len(malformed), len(smuggling), len(swallowed))
	guest.leave(t)
	var stats report
	server.call("GET", "/stats?group_by=placement&wait=applied", nil, http.StatusOK, &stats)
	for _, row := range stats.Rows {
		if row.Key == codes[1] {
			t.Errorf("%d smuggled clicks were counted", row.Recorded)
		}
	}
	server.calmsDown(before)
}

// refuses sends bytes and wants one error or none, and the end of the connection.
func (w *watched) refuses(name, sent string) {
	statuses, closed, err := w.converse(sent)
	switch {
	case err != nil:
		w.t.Errorf("%s: %v", name, err)
	case len(statuses) > 1 || len(statuses) == 1 && (statuses[0] < 400 || statuses[0] == http.StatusInternalServerError):
		w.t.Errorf("%s: answered %v", name, statuses)
	case !closed:
		w.t.Errorf("%s: answered %v, and the connection goes on", name, statuses)
	}
}

// answersOnce sends bytes and wants one answer that is no fault of the server.
func (w *watched) answersOnce(name, sent string) {
	statuses, _, err := w.converse(sent)
	if err != nil || len(statuses) != 1 || statuses[0] >= http.StatusInternalServerError {
		w.t.Errorf("%s: answered %v, %v", name, statuses, err)
	}
}

// quiet is how long no answer is waited for before the server is told that no
// more follows.
const quiet = 400 * time.Millisecond

// converse sends bytes on a connection of their own, says that no more follow
// once nothing is answered any more, and returns the statuses of all answers
// but "100 Continue". closed tells that the server ended it by itself or as
// soon as no more could follow.
func (w *watched) converse(sent string) (statuses []int, closed bool, err error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	_, _ = io.WriteString(c, sent) // it may be refused before it is whole
	var got bytes.Buffer
	buf := make([]byte, 64<<10)
	for wait := quiet; ; {
		c.SetReadDeadline(time.Now().Add(wait))
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) && wait == quiet {
			wait = 40 * time.Second // less than it has patience with who says nothing
			c.(*net.TCPConn).CloseWrite()
			continue
		}
		if err != nil {
			closed = !errors.Is(err, os.ErrDeadlineExceeded)
			break
		}
	}
	for r := bufio.NewReader(&got); ; {
		if _, err := r.Peek(1); err != nil {
			return statuses, closed, nil
		}
		method := http.MethodGet
		if strings.HasPrefix(sent, "HEAD ") {
			method = http.MethodHead
		}
		answer, err := http.ReadResponse(r, &http.Request{Method: method})
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
		}
		if err != nil {
			return statuses, closed, fmt.Errorf("after %v: %w", statuses, err)
		}
		if answer.StatusCode != http.StatusContinue {
			statuses = append(statuses, answer.StatusCode)
		}
	}
}

// calmsDown waits until a server holds no more than before: what serves a
// connection is let go within seconds after its end.
func (w *watched) calmsDown(before held) {
	w.t.Helper()
	var after held
	eventually(w.t, 2*time.Minute, "goroutines and files are what they were", func() error {
		if after = w.holds(); after.goroutines > before.goroutines+5 || after.files > before.files+5 {
			return fmt.Errorf("%s, before %s", after, before)
		}
		return nil
	})
	w.t.Logf("before: %s; afterwards: %s", before, after)
}
