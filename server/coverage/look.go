package coverage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"lensan/server/referral"
	"lensan/server/web/inspect"
)

// site is a portal as it is looked at: its hosts, pages and codes, and those of
// the portals that were merged into it.
type site struct {
	portal *referral.Portal
	hosts  []string
	pages  []referral.Page // besides the home pages
	codes  []referral.Code
}

func bare(host string) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "www.")
}

// owns reports whether a host is one of the site's, "www." or not.
func (s *site) owns(host string) bool {
	return slices.ContainsFunc(s.hosts, func(h string) bool { return bare(h) == bare(host) })
}

// look reads the home page of each host, and the pages that were named.
func (c *Coverage) look(ctx context.Context, s *site) []HostCheck {
	checks := make([]HostCheck, 0, len(s.hosts)+len(s.pages))
	for _, host := range s.hosts {
		checks = append(checks, c.lookAt(ctx, s, referral.Page{Host: host}))
	}
	for _, page := range s.pages {
		if i := slices.IndexFunc(checks, func(h HostCheck) bool { return h.Host == page.Host && h.silent() }); i >= 0 {
			checks = append(checks, HostCheck{Host: page.Host, Page: page.Path, Fault: checks[i].Fault, Time: checks[i].Time, Found: []Found{}})
			continue
		}
		checks = append(checks, c.lookAt(ctx, s, page))
	}
	return checks
}

// silent reports whether the host did not answer, so that asking it for other
// pages would only take as long again.
func (h HostCheck) silent() bool { return h.Fault == "probe_time" || h.Fault == "probe_unreachable" }

func (c *Coverage) lookAt(ctx context.Context, s *site, at referral.Page) HostCheck {
	check := HostCheck{Host: at.Host, Page: at.Path, Time: c.o.Now().UTC().Truncate(time.Second), Found: []Found{}}
	for _, home := range c.o.Addresses(at.Host) {
		page, err := c.fetcher.Fetch(ctx, home+strings.TrimPrefix(at.Path, "/"), s.owns)
		if err == nil && page.Status == http.StatusOK {
			check.URL, check.HTTP, check.Fault = page.URL, page.Status, ""
			c.reading <- struct{}{} // a page in memory is large: few at a time
			defer func() { <-c.reading }()
			check.Found = c.read(string(page.Body), s.codes, page.Header.Values("Content-Security-Policy"))
			return check
		}
		check.Fault, check.HTTP = faultOf(err), page.Status
		if check.Fault != "probe_unreachable" && check.Fault != "probe_certificate" {
			break
		}
	}
	return check
}

// faultOf names why there is no page; nil is a status other than 200.
func faultOf(err error) string {
	var told *referral.Error
	switch {
	case err == nil:
		return "probe_status"
	case errors.As(err, &told):
		return strings.TrimPrefix(told.Key, "error.")
	}
	return "probe_unreachable"
}

// read lists the codes on a page. A snippet that is shown as text is there, and
// does not work.
func (c *Coverage) read(source string, own []referral.Code, policies []string) []Found {
	found := []Found{}
	for _, code := range inspect.Codes(source, c.o.Base) {
		found = append(found, described(inspect.Page(source, c.o.Base, code, policies), code, slices.Contains(own, code)))
	}
	if len(found) == 0 && len(own) > 0 {
		f := described(inspect.Page(source, c.o.Base, own[0], policies), own[0], true)
		if slices.Contains(f.Bad, "escaped") {
			found = append(found, f)
		}
	}
	return found
}

func described(r inspect.Report, code referral.Code, own bool) Found {
	f := Found{Code: code, Own: own, Tiers: []string{}, Bad: []string{}}
	for _, t := range []struct {
		name  string
		works bool
	}{{"badge", r.Tiers.Badge}, {"text", r.Tiers.Text}, {"script", r.Tiers.Script}, {"iframe", r.Tiers.Iframe}} {
		if t.works {
			f.Tiers = append(f.Tiers, t.name)
		}
	}
	for _, finding := range r.Findings {
		if key := strings.TrimPrefix(finding.Key, "public.check."); finding.Level == inspect.Bad && !slices.Contains(f.Bad, key) {
			f.Bad = append(f.Bad, key)
		}
	}
	return f
}
