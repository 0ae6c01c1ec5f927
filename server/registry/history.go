package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"lensan/server/referral"
)

// field is one entry of an entity as its history shows it, named as in the API.
type field struct {
	name  string
	value any
}

func destinationFields(d referral.Destination) []field {
	return []field{{"id", d.ID}, {"kind", d.Kind}, {"name", d.Name}, {"url", d.URL}, {"pass_params", texts(d.PassParams)},
		{"fallback_id", d.FallbackID}, {"confirmed", d.Confirmed}, {"paused", d.Paused}, {"position", d.Position}}
}

// portalFields shows the province by its code and its first day, since a code
// can have been held by two.
func (r *Registry) portalFields(p referral.Portal) []field {
	fields := []field{{"id", p.ID}, {"name", p.Name}, {"hosts", texts(p.Hosts)}, {"pages", texts(p.Pages)}, {"contact_email", p.ContactEmail}, {"merged_into", p.MergedInto}}
	if province := r.provinces.ByID(p.Province); province != nil {
		fields = append(fields, field{"province", province.Code}, field{"province_valid_from", province.ValidFrom})
	}
	return append(fields, field{"former_province", r.provinceKey(p.Former)}, field{"kept_under", r.provinceKey(p.Kept)})
}

// provinceKey names one holder of a code, "89~2008-08-01"; "" for none.
func (r *Registry) provinceKey(id referral.ProvinceID) string {
	p := r.provinces.ByID(id)
	if p == nil {
		return ""
	}
	return p.Code + "~" + p.ValidFrom.String()
}

// provinceOfKey is the reverse; known is false for a key that names nobody.
func (r *Registry) provinceOfKey(key string) (id referral.ProvinceID, known bool) {
	if key == "" {
		return 0, true
	}
	code, since, _ := strings.Cut(key, "~")
	day, err := referral.ParseDay(since)
	if err != nil {
		return 0, false
	}
	p, err := r.provinces.Find(code, day)
	if err != nil {
		return 0, false
	}
	return p.ID, true
}

func campaignFields(c referral.Campaign) []field {
	return []field{{"id", c.ID}, {"name", c.Name}, {"from", c.From}, {"to", c.To}, {"poster_texts", c.Posters}}
}

func placementFields(p referral.Placement) []field {
	return []field{{"code", p.Code}, {"portal", p.Portal}, {"kind", p.Kind}, {"destination", p.Destination},
		{"label", p.Label}, {"campaign", p.Campaign}, {"state", p.State}}
}

// texts makes no list [] in JSON, not null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// difference returns the JSON of the fields that differ; before is nil for a
// creation (then all of after is returned), changed is false if none differs.
func difference(before, after []field) (was, is json.RawMessage, changed bool, err error) {
	old := make(map[string]json.RawMessage, len(before))
	for _, f := range before {
		if old[f.name], err = json.Marshal(f.value); err != nil {
			return nil, nil, false, err
		}
	}
	wasMap, isMap := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, f := range after {
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, nil, false, err
		}
		if before != nil && bytes.Equal(old[f.name], value) {
			continue
		}
		isMap[f.name] = value
		if before != nil {
			wasMap[f.name] = old[f.name]
		}
	}
	if len(isMap) == 0 {
		return nil, nil, false, nil
	}
	if is, err = json.Marshal(isMap); err == nil && before != nil {
		was, err = json.Marshal(wasMap)
	}
	return was, is, true, err
}

// record appends what changed to the history, or returns errUnchanged.
func (r *Registry) record(tx Tx, c referral.Change, before, after []field) error {
	_, err := r.recorded(tx, c, before, after)
	return err
}

// recorded is record that returns what it appended.
func (r *Registry) recorded(tx Tx, c referral.Change, before, after []field) (_ referral.Change, err error) {
	var changed bool
	if c.Before, c.After, changed, err = difference(before, after); err != nil {
		return c, err
	}
	if !changed {
		return c, errUnchanged
	}
	return c, tx.AppendChange(c)
}

// History returns who changed an entity ("portal", "placement", "destination",
// "campaign", "batch", "widget"), newest first. What the actor may not read is ErrNotFound.
func (r *Registry) History(ctx context.Context, a referral.Actor, entity, key string, p Page) ([]referral.Change, string, error) {
	var err error
	switch entity {
	case "portal":
		_, err = r.Portal(ctx, a, key)
	case "placement":
		_, err = r.Placement(ctx, a, referral.Code(key))
	case "destination":
		if err = r.mayReadAll(a, referral.Errorf(referral.ErrNotFound, "error.destination_unknown", "id", key)); err == nil {
			_, err = r.store.FindDestination(ctx, key)
		}
	case "campaign":
		if err = r.mayReadAll(a, referral.Errorf(referral.ErrNotFound, "error.campaign_unknown", "id", key)); err == nil {
			_, err = r.store.FindCampaign(ctx, key)
		}
	case "batch":
		_, err = r.Batch(ctx, a, key)
	case "widget":
		if err = mayWriteDestinations(a); err == nil && key != releaseKey {
			err = referral.Errorf(referral.ErrNotFound, "error.not_found")
		}
	default:
		err = referral.Errorf(referral.ErrNotFound, "error.not_found")
	}
	if err != nil {
		return nil, "", err
	}
	return r.store.History(ctx, entity, key, p)
}

// mayReadAll returns none to a province's actor, who does not see who else works here.
func (r *Registry) mayReadAll(a referral.Actor, none error) error {
	if a.Role == referral.RoleProvince {
		return none
	}
	return mayRead(a)
}

func (r *Registry) change(a referral.Actor, entity, key, verb, reason string) referral.Change {
	return referral.Change{Time: r.moment(), Actor: a.String(), Entity: entity, Key: key, Verb: verb, Reason: reason}
}
