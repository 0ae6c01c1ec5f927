package dashboard

import (
	"slices"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// widgetData is the page on which the version of the enhancer is chosen.
type widgetData struct {
	Stable, Canary string // checksums; Stable is never empty
	Newest         bool   // Stable follows the newest version
	Provinces      []string
	BackTo         string // what one click on "roll back" leads to, "" if nothing
	Done           bool
	CSRF           string
	Form           form
	History        []changeRow
}

func (d *Dashboard) widget(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	x, err := d.Registry.Release(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	return d.widgetPage(v, x, d.widgetForm(v, x))
}

func (d *Dashboard) widgetPage(v *visit, x referral.Release, f form) error {
	history, err := d.history(v, "widget", "v1")
	if err != nil {
		return err
	}
	data := widgetData{Stable: d.version(x.Stable), Canary: x.Canary, Newest: x.Stable == "", Done: v.query.Get("done") != "", CSRF: f.CSRF, Form: f, History: history}
	for _, id := range x.Provinces {
		if p := d.Registry.Provinces().ByID(id); p != nil {
			data.Provinces = append(data.Provinces, v.provinceName(p))
		}
	}
	if previous := d.version(x.Previous); x.Canary != "" {
		data.BackTo = data.Stable
	} else if previous != data.Stable {
		data.BackTo = previous
	}
	return v.render("dash_widget.html", v.l.T("dashboard.widget.title"), data)
}

// version returns the checksum that a version stands for.
func (d *Dashboard) version(hash string) string {
	if hash == "" && len(d.Releases) > 0 {
		return d.Releases[0]
	}
	return hash
}

func (d *Dashboard) widgetForm(v *visit, x referral.Release) form {
	versions := func(none string) (list []option) {
		list = append(list, option{Label: v.l.T(none)})
		for _, hash := range d.Releases {
			list = append(list, option{Value: hash, Label: hash})
		}
		return list
	}
	var codes []string
	for _, id := range x.Provinces {
		if p := d.Registry.Provinces().ByID(id); p != nil {
			codes = append(codes, p.Code)
		}
	}
	return editForm(v, Root+"/widget", "dashboard.form.save",
		field{Name: "stable", Key: "dashboard.widget.stable", Hint: "dashboard.widget.stable_hint", Type: "select", Options: versions("dashboard.widget.newest"), Value: x.Stable, Required: true},
		field{Name: "canary", Key: "dashboard.widget.canary", Hint: "dashboard.widget.canary_hint", Type: "select", Options: versions("dashboard.widget.none"), Value: x.Canary},
		field{Name: "canary_provinces", Key: "dashboard.widget.provinces", Hint: "dashboard.widget.provinces_hint", Value: strings.Join(codes, ", ")},
		field{Name: "reason", Key: "dashboard.form.reason"})
}

func (d *Dashboard) updateWidget(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	in := registry.ReleaseInput{Stable: v.retyped("stable"), Canary: v.retyped("canary")}
	codes := strings.FieldsFunc(v.form.Get("canary_provinces"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	if v.changed("canary_provinces") {
		in.Provinces = &codes
	}
	_, err := d.Registry.UpdateRelease(v.ctx(), v.actor(), in, slices.Clone(d.Releases), v.form.Get("reason"))
	if err == nil {
		return v.goTo(Root+"/widget", "done", "1")
	}
	x, readErr := d.Registry.Release(v.ctx(), v.actor())
	if readErr != nil {
		return readErr
	}
	f := d.widgetForm(v, x)
	if !f.take(v, err) {
		return err
	}
	return d.widgetPage(v, x, f)
}

func (d *Dashboard) rollBackWidget(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	if _, err := d.Registry.RollBackRelease(v.ctx(), v.actor(), v.form.Get("reason")); err != nil {
		return err
	}
	return v.goTo(Root+"/widget", "done", "1")
}
