package health

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lensan/server/probe"
	"lensan/server/referral"
)

// expiryNotice is how long before its end a certificate is worth a word.
const expiryNotice = 14 * 24 * time.Hour

// address fills a destination's template as for a click that nobody made.
func address(d referral.Destination) (string, error) {
	t, err := referral.ParseTarget(d.URL)
	if err != nil {
		return "", err
	}
	var v referral.TargetValues
	if strings.Contains(d.URL, "{") {
		v = referral.TargetValues{Code: "222222", Portal: "kiem-tra", Province: "01", Campaign: "kiem-tra", Channel: referral.ChannelLink}
	}
	return string(t.Append(nil, v, "")), nil
}

// look asks an address: HEAD first, then GET to read the page, unless HEAD
// found something that is no page.
func look(ctx context.Context, a Asker, at string, knownHost string, now func() time.Time) Result {
	began := now()
	page, err := a.Ask(ctx, http.MethodHead, at)
	if err != nil || page.Status != http.StatusOK || isHTML(page) {
		page, err = a.Ask(ctx, http.MethodGet, at)
	}
	r := Result{KnownHost: knownHost, Took: now().Sub(began)}
	if err != nil {
		r.Reason = reasonOf(err)
		return r
	}
	r.HTTP, r.Expires = page.Status, page.Expires
	if u, err := url.Parse(page.URL); err == nil {
		r.Host = strings.ToLower(u.Host)
	}
	if r.Reason = judge(page); r.Reason != Fine {
		return r
	}
	switch {
	case r.KnownHost == "":
		r.KnownHost = r.Host
	case r.Host != r.KnownHost:
		r.Reason = Moved
		return r
	}
	if !r.Expires.IsZero() && r.Expires.Sub(now()) < expiryNotice {
		r.Reason = Expiring
	}
	return r
}

func isHTML(p probe.Page) bool {
	media := strings.ToLower(p.Header.Get("Content-Type"))
	return media == "" || strings.Contains(media, "html")
}

// judge reads an answer for itself.
func judge(p probe.Page) Reason {
	switch s := p.Status; {
	case s == http.StatusNotFound || s == http.StatusGone:
		return Missing
	case s >= 500:
		return Failing
	case s >= 400:
		return Guarded
	case s < 200 || s >= 300:
		return Broken
	}
	if saysError(string(p.Body)) {
		return SoftError
	}
	return Fine
}

// reasonOf names what the probe says went wrong.
func reasonOf(err error) Reason {
	var told *referral.Error
	if !errors.As(err, &told) {
		return Unreachable
	}
	switch told.Key {
	case "error.probe_private", "error.probe_address":
		return Private
	case "error.probe_name":
		return Name
	case "error.probe_time":
		return Slow
	case "error.probe_certificate":
		return Certificate
	case "error.probe_redirects":
		return Looping
	case "error.probe_unreachable":
		return Unreachable
	}
	return Broken
}

// ofNetwork says whether a fault could be that of our own connection.
func (r Reason) ofNetwork() bool { return r == Name || r == Unreachable || r == Slow }
