package dashboard

import (
	"net/url"
	"strings"

	"lensan/server/referral"
)

// frame is what stands around every page.
type frame struct {
	Title   string
	Account string // name, "" before sign-in
	CSRF    string
	Nav     []link
	Langs   []link
	Page    any
}

type link struct {
	Label, Href string
	Current     bool
	Lang        string
	Count       int64 // what waits there, 0 for nothing
}

var sections = []struct {
	path, key string
	roles     []referral.Role // none: everybody
}{
	{Root, "dashboard.nav.overview", nil},
	{Root + "/do-phu", "dashboard.nav.coverage", nil},
	{Root + "/cong", "dashboard.nav.portals", nil},
	{Root + "/vi-tri", "dashboard.nav.placements", nil},
	{Root + "/dich-den", "dashboard.nav.destinations", nil},
	{campaignsPath, "dashboard.campaigns.title", nil},
	{batchesPath, "dashboard.nav.print", nil},
	{reportsPath, "dashboard.nav.reports", nil},
	{Root + "/khoa", "dashboard.nav.keys", []referral.Role{referral.RoleAdmin}},
	{Root + "/widget", "dashboard.nav.widget", []referral.Role{referral.RoleAdmin}},
	{peoplePath, "dashboard.nav.people", []referral.Role{referral.RoleAdmin}},
	{logPath, "dashboard.nav.log", []referral.Role{referral.RoleAdmin}},
}

// render sends a page within the frame.
func (v *visit) render(name, title string, page any) error {
	f := frame{Title: title, Page: page, Account: v.session.Account.Name, CSRF: v.session.CSRF, Langs: v.langs()}
	if f.Account == "" {
		f.CSRF = v.formToken()
	} else {
		f.Nav = v.nav()
	}
	return v.d.Pages.Render(v.c, v.l.Code, name, f)
}

func (v *visit) nav() (out []link) {
	at := strings.Clone(v.c.Path())
	for _, s := range sections {
		if len(s.roles) > 0 && !v.is(s.roles...) {
			continue
		}
		current := at == s.path || s.path != Root && strings.HasPrefix(at, s.path+"/")
		entry := link{Label: v.l.T(s.key), Href: s.path, Current: current}
		if s.path == reportsPath {
			entry.Count = v.openReports()
		}
		out = append(out, entry)
	}
	return out
}

// langs links to this page in each language, its query kept.
func (v *visit) langs() (out []link) {
	for _, code := range []string{"vi", "en"} {
		out = append(out, link{Label: strings.ToUpper(code), Href: v.here("lang", code), Current: v.l.Code == code, Lang: code})
	}
	return out
}

// here is the address of this page with some query values changed; "" takes one away.
func (v *visit) here(nameValue ...string) string {
	q := url.Values{}
	for name, values := range v.query {
		q[name] = values
	}
	for i := 0; i+1 < len(nameValue); i += 2 {
		if nameValue[i+1] == "" {
			q.Del(nameValue[i])
		} else {
			q.Set(nameValue[i], nameValue[i+1])
		}
	}
	path := strings.Clone(v.c.Path())
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
