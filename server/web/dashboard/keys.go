package dashboard

import (
	"strconv"
	"time"

	"lensan/server/access"
	"lensan/server/referral"
)

type keysData struct {
	Rows    []keyRow
	Form    form
	Secret  string // of the key just created, shown this once
	Label   string
	Example string // a command that uses it
	Revoked bool   // one was just revoked
}

type keyRow struct {
	ID                               int64
	Label, Role, Limit               string
	CreatedAt, LastUsedAt, RevokedAt time.Time
}

func (v *visit) onlyAdmin() error {
	if !v.is(referral.RoleAdmin) {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	return nil
}

func (d *Dashboard) keys(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	f, err := d.keyForm(v)
	if err != nil {
		return err
	}
	return d.keysPage(v, keysData{Form: f, Revoked: v.query.Get("done") == "revoked"})
}

func (d *Dashboard) keysPage(v *visit, data keysData) error {
	list, err := d.Access.Keys(v.ctx())
	if err != nil {
		return err
	}
	names, err := d.destinationNames(v)
	if err != nil {
		return err
	}
	for _, k := range list {
		row := keyRow{ID: k.ID, Label: k.Label, Role: v.l.T("dashboard.role." + string(k.Role)), Limit: names[k.Destination],
			CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt, RevokedAt: k.RevokedAt}
		if p := d.Registry.Provinces().ByID(k.Province); p != nil {
			row.Limit = v.provinceName(p)
		}
		data.Rows = append(data.Rows, row)
	}
	return v.render("dash_keys.html", v.l.T("dashboard.keys.title"), data)
}

func (d *Dashboard) keyForm(v *visit) (form, error) {
	destinations, err := d.destinationOptions(v)
	if err != nil {
		return form{}, err
	}
	none := option{Label: v.l.T("dashboard.keys.none")}
	roles := v.roleOptions(referral.RoleEditor, referral.RoleAdmin, referral.RoleProvince, referral.RoleViewer, referral.RoleMarketplace)
	provinces := append([]option{none}, v.provinceOptions()[1:]...)
	return newForm(v, Root+"/khoa#moi", "dashboard.keys.submit",
		field{Name: "label", Key: "dashboard.keys.label", Hint: "dashboard.keys.label_hint", Required: true},
		field{Name: "role", Key: "dashboard.keys.role", Type: "select", Required: true, Options: roles},
		field{Name: "province", Key: "dashboard.keys.province", Hint: "dashboard.keys.province_hint", Type: "select", Options: provinces},
		field{Name: "destination", Key: "dashboard.keys.destination", Hint: "dashboard.keys.destination_hint", Type: "select", Options: append([]option{none}, destinations[:len(destinations)-1]...)}), nil
}

func (v *visit) roleOptions(roles ...referral.Role) (out []option) {
	for _, r := range roles {
		out = append(out, option{Value: string(r), Label: v.l.T("dashboard.role." + string(r))})
	}
	return out
}

// chosenProvince is today's province of the form, 0 if none was chosen.
func (v *visit) chosenProvince() (referral.ProvinceID, error) {
	code := v.form.Get("province")
	if code == "" {
		return 0, nil
	}
	p, err := v.d.Registry.Provinces().Find(code, v.today())
	if err != nil {
		return 0, err
	}
	return p.ID, nil
}

func (d *Dashboard) createKey(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	province, err := v.chosenProvince()
	if err != nil {
		return err
	}
	k := access.Key{Label: v.form.Get("label"), Role: referral.Role(v.form.Get("role")), Province: province, Destination: v.form.Get("destination")}
	if k.Destination != "" {
		if _, err := d.Registry.Destination(v.ctx(), k.Destination); err != nil {
			return err
		}
	}
	_, secret, err := d.Access.CreateKey(v.ctx(), v.actor(), k)
	if err == nil {
		v.form = nil
	}
	f, ferr := d.keyForm(v)
	if ferr != nil {
		return ferr
	}
	if err != nil {
		if !f.take(v, err) {
			return err
		}
		return d.keysPage(v, keysData{Form: f})
	}
	return d.keysPage(v, keysData{Form: f, Secret: secret, Label: k.Label,
		Example: "curl -H 'Authorization: Bearer " + secret + "' " + d.BaseURL + "/api/v1/portals"})
}

func (d *Dashboard) revokeKey(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.param("id"), 10, 64)
	if err != nil {
		return referral.Errorf(referral.ErrNotFound, "status.not_found.detail")
	}
	if err := d.Access.RevokeKey(v.ctx(), v.actor(), id); err != nil {
		return err
	}
	return v.goTo(Root+"/khoa", "done", "revoked")
}
