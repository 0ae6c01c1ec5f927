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
	Nearby  []link // the other pages of the part that this page belongs to
	Langs   []link
	Page    any
}

type link struct {
	Label, Href string
	Current     bool
	Lang        string
	Count       int64 // what waits there, 0 for nothing
}

// A part of the dashboard has one entry in the head of every page, which leads
// to the first of its sections that the account may see.
type navPart struct {
	key      string
	sections []section
}

type section struct {
	path, key string
	roles     []referral.Role // none: everybody
}

var (
	admins  = []referral.Role{referral.RoleAdmin}
	readers = []referral.Role{referral.RoleAdmin, referral.RoleEditor, referral.RoleViewer}
	staff   = []referral.Role{referral.RoleAdmin, referral.RoleEditor}
)

var parts = []navPart{
	{"dashboard.nav.overview", []section{{Root, "dashboard.nav.overview", nil}, {alertsPath, "alert.title", readers}}},
	{"dashboard.nav.coverage", []section{{Root + "/do-phu", "dashboard.nav.coverage", nil}}},
	{"dashboard.nav.places", []section{{Root + "/cong", "dashboard.nav.portals", nil}, {Root + "/vi-tri", "dashboard.nav.placements", nil},
		{successionPath, "dashboard.nav.succession", staff}}},
	{"dashboard.nav.print", []section{{batchesPath, "dashboard.nav.batches", nil}, {reportsPath, "dashboard.nav.reports", nil}}},
	{"dashboard.nav.monthly", []section{{monthlyPath, "dashboard.nav.monthly", nil}, {signupsPath, "dashboard.nav.signups", nil}, {messagesPath, "mail.title", staff}}},
	{"dashboard.nav.lists", []section{{Root + "/dich-den", "dashboard.nav.destinations", nil}, {campaignsPath, "dashboard.campaigns.title", nil}, {textsPath, "dashboard.nav.texts", staff},
		{Root + "/widget", "dashboard.nav.widget", admins}, {Root + "/khoa", "dashboard.nav.keys", admins},
		{peoplePath, "dashboard.nav.people", admins}, {logPath, "dashboard.nav.log", admins}}},
}

// render sends a page within the frame.
func (v *visit) render(name, title string, page any) error {
	f := frame{Title: title, Page: page, Account: v.session.Account.Name, CSRF: v.session.CSRF, Langs: v.langs()}
	if f.Account == "" {
		f.CSRF = v.formToken()
	} else {
		f.Nav, f.Nearby = v.nav()
	}
	return v.d.Pages.Render(v.c, v.l.Code, name, f)
}

// nav returns the parts, and the sections of the one that this page belongs to.
func (v *visit) nav() (out, nearby []link) {
	at := strings.Clone(v.c.Path())
	for _, p := range parts {
		entry := link{Label: v.l.T(p.key)}
		var list []link
		for _, s := range p.sections {
			if len(s.roles) > 0 && !v.is(s.roles...) {
				continue
			}
			l := link{Label: v.l.T(s.key), Href: s.path, Current: at == s.path || s.path != Root && strings.HasPrefix(at, s.path+"/")}
			switch s.path {
			case reportsPath:
				l.Count = v.openReports()
			case alertsPath:
				l.Count = v.openAlerts()
			}
			entry.Current = entry.Current || l.Current
			entry.Count += l.Count
			list = append(list, l)
		}
		entry.Href = list[0].Href
		out = append(out, entry)
		if entry.Current && len(list) > 1 {
			nearby = list
			v.countSuccession(nearby)
		}
	}
	return out, nearby
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
