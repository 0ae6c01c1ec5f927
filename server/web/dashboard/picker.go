package dashboard

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

const mostPortalOptions = 500

// portalPicker is an input for a portal: a list to choose from, or where there
// are too many for that, a text by which pickedPortal searches. A portal to leave
// out may be named. none is true if there is no portal.
func (d *Dashboard) portalPicker(v *visit, name, key, except string) (f field, none bool, err error) {
	f = field{Name: name, Key: key, Required: true}
	list, next, err := d.Registry.Portals(v.ctx(), v.actor(), registry.Page{Limit: mostPortalOptions}, registry.Filter{})
	if err != nil {
		return f, false, err
	}
	if next != "" {
		f.Hint, f.Type = "dashboard.picker.hint", "search"
		return f, false, nil
	}
	f.Type = "select"
	f.Options = append(f.Options, option{Label: v.l.T("dashboard.form.choose")})
	for _, p := range list {
		if p.MergedInto == "" && p.ID != except {
			f.Options = append(f.Options, option{Value: p.ID, Label: p.Name})
		}
	}
	if len(f.Options) == 2 && except == "" {
		f.Options = f.Options[1:]
	}
	return f, len(list) == 0, nil
}

// pickPortal sets the portal of an input, or adds what is wrong with it.
func (d *Dashboard) pickPortal(v *visit, to **string, faults *referral.Faults) error {
	id, err := d.pickedPortal(v, "portal")
	if err == nil {
		*to = &id
	}
	return faults.Include(err)
}

// pickedPortal returns the id of the portal that a portalPicker's input means:
// an id as it stands, else the one portal that a search finds. Several that are
// found are named in the fault.
func (d *Dashboard) pickedPortal(v *visit, name string) (string, error) {
	typed := strings.TrimSpace(v.form.Get(name))
	if registry.SearchKey(typed) == "" {
		return "", nil // the registry says that it is required
	}
	if p, err := d.Registry.Portal(v.ctx(), v.actor(), typed); !errors.Is(err, referral.ErrNotFound) {
		return p.ID, err
	}
	const most = 6
	list, next, err := d.Registry.Portals(v.ctx(), v.actor(), registry.Page{Limit: most, Search: typed}, registry.Filter{})
	if err != nil {
		return "", err
	}
	var faults referral.Faults
	switch {
	case len(list) == 1:
		return list[0].ID, nil
	case len(list) == 0:
		faults.Add("/"+name, "error.portal_unknown", "id", typed)
	default:
		var ids []string
		for _, p := range list {
			ids = append(ids, p.ID)
		}
		if next != "" {
			ids = append(ids, "…")
		}
		faults.Add("/"+name, "error.portal_several", "value", typed, "ids", strings.Join(ids, ", "))
	}
	return "", faults.Err()
}

// portalNames returns the names of the portals that the rows of a list name.
func portalNames[T any](d *Dashboard, v *visit, rows []T, portal func(T) string) (map[string]string, error) {
	names := map[string]string{}
	for _, row := range rows {
		if id := portal(row); id != "" {
			names[id] = ""
		}
	}
	if len(names) == 0 {
		return names, nil
	}
	list, _, err := d.Registry.Portals(v.ctx(), v.actor(), registry.Page{Limit: len(names)}, registry.Filter{Portals: slices.Sorted(maps.Keys(names))})
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return names, err
}
