package dashboard

// definition is what one number of the dashboard counts.
type definition struct{ ID, Term, Text string }

var defined = []string{"arrivals", "through", "scans", "views", "badge_clicks", "signups", "coverage", "visitors", "people", "repeat", "bot", "preview", "recorded",
	"lost", "unconfirmed", "fallback", "day", "boundaries", "applied", "reconciled", "few"}

func (d *Dashboard) definitions(v *visit) error {
	var out []definition
	for _, id := range defined {
		out = append(out, definition{ID: id, Term: v.l.T("dashboard.define." + id + "_term"), Text: v.l.T("dashboard.define." + id + "_text")})
	}
	return v.render("dash_definitions.html", v.l.T("dashboard.definitions.title"), out)
}
