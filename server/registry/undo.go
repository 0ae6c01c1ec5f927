package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"lensan/server/referral"
)

// undoing is the part of an update that takes back an earlier change: the update is
// refused unless everything still stands as that change left it.
type undoing struct{ left json.RawMessage }

// verb is that of the history's new entry.
func (u undoing) verb(usual string) string {
	if u.left == nil {
		return usual
	}
	return "undo"
}

func (u undoing) check(now []field) error {
	if u.left == nil {
		return nil
	}
	left := map[string]json.RawMessage{}
	if err := json.Unmarshal(u.left, &left); err != nil {
		return fmt.Errorf("read what a change left: %w", err)
	}
	for _, f := range now {
		value, err := json.Marshal(f.value)
		if err != nil {
			return err
		}
		if want, changed := left[f.name]; changed && !bytes.Equal(compact(want), value) {
			return errUndoSince
		}
	}
	return nil
}

// compact is JSON as Marshal writes it, whatever a database did to its spaces.
func compact(raw json.RawMessage) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return raw
	}
	return out.Bytes()
}

var (
	errUndoSince = referral.Errorf(referral.ErrConflict, "error.undo_since")
	errUndoNever = referral.Errorf(referral.ErrConflict, "error.undo_never")
)

// Undo takes back the newest change of a "portal", "placement", "destination"
// or "campaign", or the merge of a portal that still stands, whatever came
// after it: what it changed gets its former values, as a change of its own
// with a reason, under the rules and rights of any change. ErrConflict says that
// change is not the newest any more, or is of a kind that cannot be taken back
// (a creation; what happened to paper), by a province not either what was
// decided about a portal of an ended one.
func (r *Registry) Undo(ctx context.Context, a referral.Actor, entity, key string, change int64, reason string) error {
	if err := r.mayUndo(ctx, a, entity, key); err != nil {
		return err
	}
	c, newest, err := r.findChange(ctx, entity, key, change)
	if err != nil {
		return err
	}
	if !newest && !IsMerge(c) {
		return errUndoSince
	}
	if !Undoable(a, c) {
		return errUndoNever
	}
	if reason, err = mustReason(reason); err != nil {
		return err
	}
	before, err := readBefore(c.Before)
	if err != nil {
		return err
	}
	u := undoing{c.After}
	switch entity {
	case "portal":
		return r.write(ctx, func(tx Tx) error { return r.undoPortal(tx, a, key, before, u, reason) })
	case "placement":
		_, err = r.UpdatePlacement(ctx, a, referral.Code(key), PlacementInput{Destination: before.Destination, Label: before.Label,
			Campaign: before.Campaign, State: before.State, undoing: u}, reason)
	case "destination":
		in := DestinationInput{Kind: before.Kind, URL: before.URL, PassParams: before.PassParams, FallbackID: before.FallbackID,
			Confirmed: before.Confirmed, Paused: before.Paused, Position: before.Position, undoing: u}
		if name, ok := before.name(); ok {
			in.NameVi, in.NameEn = &name.Vi, &name.En
		}
		if in.URL != nil && in.Confirmed == nil { // it was confirmed, or not, before and after alike
			now, err := r.store.FindDestination(ctx, key)
			if err != nil {
				return err
			}
			in.Confirmed = &now.Confirmed
		}
		_, err = r.UpdateDestination(ctx, a, key, in, reason)
	case "campaign":
		in := CampaignInput{From: before.From, To: before.To, Posters: before.Posters, undoing: u}
		if before.Posters == nil && before.has("poster_texts") {
			in.Posters = &referral.PosterTexts{}
		}
		if name, ok := before.text(); ok {
			in.Name = &name
		}
		_, err = r.UpdateCampaign(ctx, a, key, in, reason)
	}
	return err
}

// findChange returns a change of an entity and whether it is the newest;
// errUndoSince if it is not there.
func (r *Registry) findChange(ctx context.Context, entity, key string, id int64) (c referral.Change, newest bool, err error) {
	for p := (Page{Limit: 500}); ; {
		list, next, err := r.store.History(ctx, entity, key, p)
		if err != nil {
			return c, false, err
		}
		for i, c := range list {
			if c.ID == id {
				return c, i == 0 && p.Cursor == "", nil
			}
		}
		if next == "" {
			return c, false, errUndoSince
		}
		p.Cursor = next
	}
}

// IsMerge reports whether a change made a portal part of another and did
// nothing else.
func IsMerge(c referral.Change) bool {
	var after map[string]string
	return c.Entity == "portal" && json.Unmarshal(c.After, &after) == nil && len(after) == 1 && after["merged_into"] != ""
}

func (r *Registry) mayUndo(ctx context.Context, a referral.Actor, entity, key string) (err error) {
	switch entity {
	case "portal":
		if err = mayWrite(a); err == nil {
			_, err = r.Portal(ctx, a, key)
		}
	case "placement":
		if err = mayWrite(a); err == nil {
			_, err = r.Placement(ctx, a, referral.Code(key))
		}
	case "destination":
		if err = mayWriteDestinations(a); err == nil {
			_, err = r.store.FindDestination(ctx, key)
		}
	case "campaign":
		if err = mayWriteCampaigns(a); err == nil {
			_, err = r.store.FindCampaign(ctx, key)
		}
	default:
		err = errUndoNever
	}
	return err
}

// Undoable reports whether an actor who may change an entity can take a change
// of it back, if it is the newest.
func Undoable(a referral.Actor, c referral.Change) bool {
	switch c.Entity {
	case "portal", "placement", "destination", "campaign":
	default:
		return false
	}
	switch c.Verb {
	case "update", "retire", "merge", "keep", "register", "undo":
		before, err := readBefore(c.Before)
		decided := before.Former != nil || before.Kept != nil
		return err == nil && (!decided || mayDecide(a) == nil)
	}
	return false
}

// former is what a change of any kind of entity replaced; the kinds have
// different fields under "name".
type former struct {
	Name         json.RawMessage       `json:"name"`
	Hosts        *[]string             `json:"hosts"`
	Pages        *[]string             `json:"pages"`
	ContactEmail *string               `json:"contact_email"`
	MergedInto   *string               `json:"merged_into"`
	Province     *string               `json:"province"`
	ProvinceFrom *referral.Day         `json:"province_valid_from"`
	Former       *string               `json:"former_province"`
	Kept         *string               `json:"kept_under"`
	Destination  *string               `json:"destination"`
	Label        *string               `json:"label"`
	Campaign     *string               `json:"campaign"`
	State        *string               `json:"state"`
	Kind         *string               `json:"kind"`
	URL          *string               `json:"url"`
	PassParams   *[]string             `json:"pass_params"`
	FallbackID   *string               `json:"fallback_id"`
	Confirmed    *bool                 `json:"confirmed"`
	Paused       *bool                 `json:"paused"`
	Position     *int                  `json:"position"`
	From         *referral.Day         `json:"from"`
	To           *referral.Day         `json:"to"`
	Posters      *referral.PosterTexts `json:"poster_texts"`

	names map[string]json.RawMessage
}

// readBefore is refused with errUndoNever for a field that no update sets, such
// as the copies of a printed place.
func readBefore(raw json.RawMessage) (f former, err error) {
	if len(raw) == 0 {
		return f, errUndoNever
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := errors.Join(in.Decode(&f), json.Unmarshal(raw, &f.names)); err != nil || len(f.names) == 0 {
		return f, errUndoNever
	}
	return f, nil
}

func (f former) has(name string) bool { _, ok := f.names[name]; return ok }

func (f former) text() (s string, ok bool) {
	ok = f.Name != nil && json.Unmarshal(f.Name, &s) == nil
	return s, ok
}

func (f former) name() (n referral.Name, ok bool) {
	ok = f.Name != nil && json.Unmarshal(f.Name, &n) == nil
	return n, ok
}

// undoPortal gives a portal the values that a change replaced. The province is
// named by its code and a day of its validity; where one of the two was the same
// before, it is taken from the portal.
func (r *Registry) undoPortal(tx Tx, a referral.Actor, id string, f former, u undoing, reason string) error {
	in := PortalInput{Hosts: f.Hosts, Pages: f.Pages, ContactEmail: f.ContactEmail, mergedInto: f.MergedInto, undoing: u}
	if name, ok := f.text(); ok {
		in.Name = &name
	}
	for _, x := range []struct {
		key  *string
		into **referral.ProvinceID
	}{{f.Former, &in.former}, {f.Kept, &in.kept}} {
		if x.key == nil {
			continue
		}
		province, known := r.provinceOfKey(*x.key)
		if !known {
			return errUndoNever
		}
		*x.into = &province
	}
	if f.Province != nil || f.ProvinceFrom != nil {
		now, err := tx.FindPortal(id)
		if err != nil {
			return err
		}
		province := r.provinces.ByID(now.Province)
		if province == nil {
			return errUndoNever
		}
		in.Province, in.ProvinceOn = cmp.Or(f.Province, &province.Code), cmp.Or(f.ProvinceFrom, &province.ValidFrom)
	}
	_, err := r.updatePortal(tx, a, id, in, reason)
	return err
}
