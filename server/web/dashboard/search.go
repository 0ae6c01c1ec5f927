package dashboard

import (
	"net/url"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// searchData is what was found, each leading to its numbers.
type searchData struct {
	Query  string
	Groups []foundGroup
}

type foundGroup struct {
	Title string
	Rows  []found
}

type found struct{ Label, Sub, Href string }

// mostFound bounds each kind.
const mostFound = 20

// search answers /tim: provinces, portals, placements, campaigns and print
// batches by name, code or address, without accents.
func (d *Dashboard) search(v *visit) error {
	if err := v.mayReadNumbers(); err != nil {
		return err
	}
	data := searchData{Query: strings.TrimSpace(v.query.Get("q"))}
	if len(data.Query) > longestFilter {
		data.Query = strings.ToValidUTF8(data.Query[:longestFilter], "")
	}
	if registry.SearchKey(data.Query) == "" {
		return v.render("dash_search.html", v.l.T("overview.search.title"), data)
	}
	add := func(key string, rows []found) {
		if len(rows) > 0 {
			data.Groups = append(data.Groups, foundGroup{v.l.T(key), rows})
		}
	}
	add("overview.search.provinces", v.findProvinces(data.Query))
	page := registry.Page{Limit: mostFound, Search: data.Query}
	portals, _, err := d.Registry.Portals(v.ctx(), v.actor(), page, registry.Filter{})
	if err != nil {
		return err
	}
	var rows []found
	for _, p := range portals {
		rows = append(rows, found{p.Name, strings.Join(append([]string{p.ID}, p.Hosts...), " · "), v.to(Root, "q", "", "portal", p.ID)})
	}
	add("overview.search.portals", rows)
	placements, _, err := d.Registry.Placements(v.ctx(), v.actor(), page, registry.Filter{})
	if err != nil {
		return err
	}
	rows = nil
	for _, p := range placements {
		rows = append(rows, found{placementLabel(&p), p.Portal, v.to(Root, "q", "", "placement", string(p.Code))})
	}
	add("overview.search.placements", rows)
	campaigns, _, err := d.Registry.Campaigns(v.ctx(), page)
	if err != nil {
		return err
	}
	rows = nil
	for _, c := range campaigns {
		rows = append(rows, found{c.Name, v.campaignRow(c).Dates, v.campaignNumbers(c)})
	}
	add("dashboard.campaigns.title", rows)
	batches, _, err := d.Registry.Batches(v.ctx(), v.actor(), page, registry.Filter{})
	if err != nil {
		return err
	}
	rows = nil
	for _, b := range batches {
		rows = append(rows, found{b.Name, b.Portal, batchesPath + "/" + url.PathEscape(b.ID)})
	}
	add("dashboard.nav.batches", rows)
	return v.render("dash_search.html", v.l.T("overview.search.title"), data)
}

// findProvinces looks through all that ever stood; one that has ended leads to
// its numbers as recorded.
func (v *visit) findProvinces(query string) (out []found) {
	key := registry.SearchKey(query)
	_, own := v.ownProvince()
	recorded := scope{boundaries: "recorded"}
	all := v.d.Registry.Provinces().All()
	for i := range all {
		p := &all[i]
		if !strings.Contains(registry.SearchKey(p.Code, p.NameVi, p.NameEn, p.FullName()), key) || own != nil && !slices.Contains(own, p.ID) {
			continue
		}
		href := v.to(Root, "q", "", "boundaries", "", "province", p.Code)
		if p.ValidTo != referral.NoDay {
			href = v.to(Root, "q", "", "boundaries", "recorded", "province", recorded.provinceKey(p), "period", "custom",
				"from", (p.ValidTo - 29).String(), "to", p.ValidTo.String())
		}
		out = append(out, found{v.provinceLabel(p), p.FullName() + " · " + p.Code, href})
	}
	return out
}
