package dashboard

import (
	"cmp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
	"lensan/server/registry"
)

type portalsData struct {
	Search, Next string
	Rows         []portalRow
	Form         form
	MayWrite     bool
	Made         *portalRow // the one just created
	Open         int64      // portals of ended provinces about which nothing is decided
}

type portalRow struct {
	ID, Name, Province, Merged string
	Hosts, Pages               []string
}

func (d *Dashboard) portals(v *visit) error { return d.portalsPage(v, v.portalForm()) }

func (d *Dashboard) portalsPage(v *visit, f form) error {
	data := portalsData{Search: v.query.Get("q"), Form: f, MayWrite: v.mayWrite()}
	list, next, err := d.Registry.Portals(v.ctx(), v.actor(), v.page(), registry.Filter{})
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	into, err := portalNames(d, v, list, func(p referral.Portal) string { return p.MergedInto })
	if err != nil {
		return err
	}
	for _, p := range list {
		row := v.portalRow(p)
		row.Merged = cmp.Or(into[p.MergedInto], p.MergedInto)
		data.Rows = append(data.Rows, row)
	}
	if id := v.query.Get("made"); id != "" {
		if p, err := d.Registry.Portal(v.ctx(), v.actor(), id); err == nil {
			row := v.portalRow(p)
			data.Made = &row
		}
	}
	open, err := d.Succession.Open(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data.Open = int64(open)
	return v.render("dash_portals.html", v.l.T("dashboard.portals.title"), data)
}

func (v *visit) portalRow(p referral.Portal) portalRow {
	row := portalRow{ID: p.ID, Name: p.Name, Hosts: p.Hosts, Pages: p.Pages, Merged: p.MergedInto}
	if today := v.d.Registry.Provinces().Follow(p.Province, v.today()); today != nil {
		row.Province = v.provinceName(today)
	}
	return row
}

// page is the part of a list that was asked for.
func (v *visit) page() registry.Page {
	return registry.Page{Cursor: v.query.Get("cursor"), Search: v.query.Get("q"), Limit: 50}
}

func (v *visit) nextPage(cursor string) string {
	if cursor == "" {
		return ""
	}
	return v.here("cursor", cursor, "made", "", "lang", "")
}

func (v *visit) portalForm() form {
	return newForm(v, Root+"/cong#moi", "dashboard.portals.submit",
		field{Name: "name", Key: "dashboard.portals.name", Hint: "dashboard.portals.name_hint", Required: true},
		field{Name: "province", Key: "dashboard.portals.province", Type: "select", Required: true, Options: v.provinceOptions()},
		field{Name: "hosts", Key: "dashboard.portals.hosts", Hint: "dashboard.portals.hosts_hint", Type: "textarea", Placeholder: "stttt.angiang.gov.vn"},
		field{Name: "pages", Key: "dashboard.portals.pages", Hint: "dashboard.portals.pages_hint", Type: "textarea", Placeholder: "/chuyen-doi-so"},
		field{Name: "contact_email", Key: "dashboard.portals.email", Hint: "dashboard.portals.email_hint", Type: "email", Autocomplete: "email"},
		field{Name: "id", Key: "dashboard.portals.id", Hint: "dashboard.portals.id_hint"})
}

// provinceOptions are the provinces of today, or the one that an account is limited to.
func (v *visit) provinceOptions() []option {
	only, _ := v.ownProvince()
	var out []option
	if only == nil {
		out = append(out, option{Label: v.l.T("dashboard.form.choose")})
	}
	for _, p := range v.d.Registry.Provinces().At(v.today()) {
		if only == nil || only.Code == p.Code {
			out = append(out, option{Value: p.Code, Label: v.provinceName(&p) + " (" + p.Code + ")"})
		}
	}
	return out
}

func (d *Dashboard) createPortal(v *visit) error {
	id, name := v.form.Get("id"), v.form.Get("name")
	if strings.TrimSpace(id) == "" {
		id = slug(name)
	}
	province, email, hosts, pages := v.form.Get("province"), strings.TrimSpace(v.form.Get("contact_email")), hostsOf(v.form.Get("hosts")), strings.Fields(v.form.Get("pages"))
	p, err := d.Registry.CreatePortal(v.ctx(), v.actor(), registry.PortalInput{ID: &id, Name: &name, Province: &province, Hosts: &hosts, Pages: &pages, ContactEmail: &email})
	if err != nil {
		f := v.portalForm()
		if !f.take(v, err) {
			return err
		}
		return d.portalsPage(v, f)
	}
	return v.goTo(Root+"/cong", "made", p.ID)
}

// hostsOf reads hosts one a line, also when whole addresses were pasted.
func hostsOf(typed string) []string {
	var out []string
	for _, host := range strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		host = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(host), "https://"), "http://")
		host, _, _ = strings.Cut(host, "/")
		out = append(out, host)
	}
	return out
}

// slug makes an id of a name: "Sở TT&TT An Giang" is "so-tt-tt-an-giang".
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := b.String()
	if len(s) > 64 {
		s = s[:64]
	}
	return strings.TrimSuffix(s, "-")
}
