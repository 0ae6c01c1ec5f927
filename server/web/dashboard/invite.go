package dashboard

import "lensan/server/referral"

type inviteData struct {
	Form form
	Link string // of the invitation just made, shown this once
}

func (v *visit) inviteForm() form {
	provinces := append([]option{{Label: v.l.T("dashboard.keys.none")}}, v.provinceOptions()[1:]...)
	return newForm(v, Root+"/moi", "dashboard.invitation.submit",
		field{Name: "role", Key: "dashboard.keys.role", Hint: "dashboard.invitation.role_hint", Type: "select", Required: true,
			Options: v.roleOptions(referral.RoleProvince, referral.RoleViewer, referral.RoleEditor, referral.RoleAdmin)},
		field{Name: "province", Key: "dashboard.keys.province", Hint: "dashboard.keys.province_hint", Type: "select", Options: provinces})
}

func (d *Dashboard) invite(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	return v.render("dash_invitation.html", v.l.T("dashboard.invitation.title"), inviteData{Form: v.inviteForm()})
}

func (d *Dashboard) createInvitation(v *visit) error {
	if err := v.onlyAdmin(); err != nil {
		return err
	}
	data := inviteData{Form: v.inviteForm()}
	province, err := v.chosenProvince()
	if err != nil {
		return err
	}
	token, err := d.Access.Invite(v.ctx(), v.actor(), referral.Role(v.form.Get("role")), province)
	if err != nil {
		if !data.Form.take(v, err) {
			return err
		}
	} else {
		data.Link = v.invitationLink(token)
	}
	return v.render("dash_invitation.html", v.l.T("dashboard.invitation.title"), data)
}
