package outbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Poster sends a body to an address and returns the status of the answer.
type Poster interface {
	Post(ctx context.Context, address string, header http.Header, body []byte) (status int, err error)
}

// webhook sends by HTTP as the Standard Webhooks specification says
// (standardwebhooks.com): headers webhook-id, webhook-timestamp (Unix seconds)
// and webhook-signature, "v1," and the base64 of HMAC-SHA-256 over id, a full
// stop, timestamp, a full stop and body. The id stays the same from try to try.
type webhook struct {
	poster Poster
	secret []byte
	now    func() time.Time
}

// NewWebhook returns a Sender to webhooks. What may not have arrived is sent
// again: whoever listens tells by the id.
func NewWebhook(p Poster, secret string, now func() time.Time) Sender {
	return webhook{p, []byte(secret), now}
}

func (w webhook) Send(ctx context.Context, m Message, handing func() error) error {
	if err := handing(); err != nil {
		return err
	}
	id, at := "msg_"+strconv.FormatInt(m.Num, 10), strconv.FormatInt(w.now().Unix(), 10)
	header := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {at},
		"Webhook-Signature": {Sign(w.secret, id, at, []byte(m.Body))}}
	status, err := w.poster.Post(ctx, m.To, header, []byte(m.Body))
	switch {
	case err != nil:
		return err
	case status < 200 || status > 299:
		return fmt.Errorf("answered with %d", status)
	}
	return nil
}

// Sign returns the signature of a webhook's body.
func Sign(secret []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.", id, at)
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
