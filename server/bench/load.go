package bench

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// load drives one server: each connection sends its request, waits for the
// whole answer and sends it again, at once or when the next is due.
type load struct {
	address        string
	requests       [][]byte // one a connection
	rate           float64  // requests a second; 0: as many as are answered
	warm, duration time.Duration
	core           int // to stay on, or noCore
}

// tally is what came of a load. It is right about answered even with an error.
type tally struct {
	answered int64 // all, warming included
	measured int64 // answered in elapsed
	elapsed  time.Duration
	latency  histogram // of the measured
	parts    []uint32  // of the measured, by tenth of a second
}

const partLength = time.Second / 10

func newTally(elapsed time.Duration) tally {
	return tally{elapsed: elapsed, latency: newHistogram(), parts: make([]uint32, max(1, int(elapsed/partLength)))}
}

// measure counts an answer that came some time after the measuring began.
func (t *tally) measure(at, latency time.Duration) {
	t.measured++
	t.latency.add(latency)
	t.parts[min(int(at/partLength), len(t.parts)-1)]++
}

// add counts another tally's answers, too.
func (t *tally) add(other *tally) {
	t.answered += other.answered
	t.measured += other.measured
	t.latency.n += other.latency.n
	for i, n := range other.latency.counts {
		t.latency.counts[i] += n
	}
	for i, n := range other.parts {
		t.parts[i] += n
	}
}

// steady returns the answers a second that all parts but the slowest hundredth
// reached.
func (t *tally) steady() float64 {
	parts := slices.Sorted(slices.Values(t.parts))
	return float64(parts[len(parts)/100]) / partLength.Seconds()
}

// gap returns how long after a request the next is due, 0 without a rate.
func (l *load) gap() time.Duration {
	if l.rate <= 0 {
		return 0
	}
	return max(1, time.Duration(float64(time.Second)/l.rate))
}

// answerWait is how long a server may leave every connection without an answer.
const answerWait = 10 * time.Second

// The beginning of each answer that counts.
var wanted = []byte("HTTP/1.1 302 ")

var (
	headEnd       = []byte("\r\n\r\n")
	contentLength = []byte("\r\ncontent-length:")
)

// cutAnswer returns the length of the answer at the start of buf, 0 if it is
// not whole yet. An answer other than a 302 is ErrWrongAnswer.
func cutAnswer(buf []byte) (int, error) {
	if n := min(len(buf), len(wanted)); !bytes.Equal(buf[:n], wanted[:n]) {
		line, _, _ := bytes.Cut(buf, []byte("\r\n"))
		return 0, fmt.Errorf("%q: %w", line[:min(len(line), 80)], ErrWrongAnswer)
	}
	end := bytes.Index(buf, headEnd)
	if end < 0 {
		return 0, nil
	}
	length, err := bodyLength(buf[:end])
	if err != nil {
		return 0, err
	}
	if whole := end + len(headEnd) + length; whole <= len(buf) {
		return whole, nil
	}
	return 0, nil
}

// bodyLength reads Content-Length in a response's head.
func bodyLength(head []byte) (int, error) {
	const name = len("\r\nContent-Length:")
	for at := 0; ; {
		i := bytes.Index(head[at:], []byte("\r\nC"))
		if i < 0 {
			if i = bytes.Index(head[at:], []byte("\r\nc")); i < 0 {
				return 0, fmt.Errorf("no Content-Length: %w", ErrWrongAnswer)
			}
		}
		at += i
		if len(head) >= at+name && bytes.EqualFold(head[at:at+name], contentLength) {
			value, _, _ := bytes.Cut(head[at+name:], []byte("\r\n"))
			n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 16)
			if err != nil {
				return 0, fmt.Errorf("Content-Length %q: %w", value, ErrWrongAnswer)
			}
			return int(n), nil
		}
		at += 2
	}
}

// histogram counts durations in steps of 10 µs up to one second.
type histogram struct {
	counts []uint32
	n      int64
}

const histogramStep = 10 * time.Microsecond

func newHistogram() histogram {
	return histogram{counts: make([]uint32, time.Second/histogramStep)}
}

func (h *histogram) add(d time.Duration) {
	h.counts[max(0, min(int(d/histogramStep), len(h.counts)-1))]++
	h.n++
}

// percentile returns the duration under which the fraction p of all lie,
// rounded up to a step; 0 if there are none.
func (h *histogram) percentile(p float64) time.Duration {
	rank, seen := int64(p*float64(h.n)), int64(0)
	for i, n := range h.counts {
		if seen += int64(n); seen > rank {
			return time.Duration(i+1) * histogramStep
		}
	}
	return 0
}
