package probe

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// Post sends a body to an http(s) address, under the same rules as Fetch, and
// returns the status of the answer, of which nothing else is read. It follows
// no redirect.
func (p *Probe) Post(ctx context.Context, address string, header http.Header, body []byte) (status int, err error) {
	at, err := p.check(address, nil)
	if err != nil {
		return 0, err
	}
	leave, err := p.hosts.enter(ctx, hostOf(at))
	if err != nil {
		return 0, explain(err)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, p.o.MaxTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header = header.Clone()
	request.Header.Set("User-Agent", p.agent())
	answer, err := p.transport.RoundTrip(request)
	if err != nil {
		return 0, explain(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxHeader) // lest the other side sees its answer cut off
	return answer.StatusCode, nil
}
