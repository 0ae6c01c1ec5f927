package api

import "lensan/server/referral"

// provinceRef names a province: its GSO code alone can have been held by two.
type provinceRef struct {
	Code      string        `json:"code"`
	ValidFrom *referral.Day `json:"valid_from"`
	Name      referral.Name `json:"name"`
}

func referTo(p *referral.Province) provinceRef {
	return provinceRef{Code: p.Code, ValidFrom: dayOrNull(p.ValidFrom), Name: referral.Name{Vi: p.NameVi, En: p.NameEn}}
}

type provinceView struct {
	provinceRef
	FullName  string        `json:"full_name"`
	ValidTo   *referral.Day `json:"valid_to"`
	Kind      string        `json:"kind"`
	Slug      string        `json:"slug"`
	ISO       *string       `json:"iso_3166_2"`
	Region    *string       `json:"region"`
	Successor *provinceRef  `json:"successor"`
}

func (a *API) province(p referral.Province) provinceView {
	v := provinceView{provinceRef: referTo(&p), FullName: p.FullName(), ValidTo: dayOrNull(p.ValidTo), Kind: p.Kind, Slug: p.Slug,
		ISO: orNull(p.ISO), Region: orNull(p.Region)}
	if next := a.d.Registry.Provinces().ByID(p.Successor); next != nil {
		ref := referTo(next)
		v.Successor = &ref
	}
	return v
}

// handleProvinces answers with every province of every validity, or, with
// ?on=, with those that stood on a day.
func (a *API) handleProvinces(c *call) error {
	q := c.query()
	on := q.day("on", referral.NoDay)
	if err := q.done(); err != nil {
		return err
	}
	all := a.d.Registry.Provinces().All()
	if on != referral.NoDay {
		all = a.d.Registry.Provinces().At(on)
	}
	return sendList(c, all, "", a.province)
}
