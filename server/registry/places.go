package registry

import (
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"

	"lensan/server/referral"
)

var placeColumns = []column{
	{name: "label", aliases: []string{"nhan", "noi dat", "dia diem", "vi tri", "ten"}, required: true},
	{name: "commune", aliases: []string{"xa", "xa phuong", "phuong", "xa/phuong", "phuong xa"}},
	{name: "address", aliases: []string{"dia chi"}},
	{name: "copies", aliases: []string{"so ban", "so luong", "so to"}},
}

// ImportPlaces adds places to a draft from CSV (see ImportPortals for its
// form), all rows or none; every fault is reported with its line and column.
// The columns are label, commune, address and copies (1 if empty). With replace,
// the places that the draft had before are retired: their codes are not given
// out again. Each place gets a placement of kind qr with a code of its own.
func (r *Registry) ImportPlaces(ctx context.Context, a referral.Actor, batch string, csv io.Reader, replace bool) (made []referral.PrintPlace, err error) {
	if err := mayWrite(a); err != nil {
		return nil, err
	}
	if _, err := r.Batch(ctx, a, batch); err != nil {
		return nil, err
	}
	t, err := readTable(csv, placeColumns)
	if err != nil {
		return nil, err
	}
	_, err = r.changeBatch(ctx, a, batch, "places", func(tx Tx, b *batchChange) (err error) {
		if err := inState(b.PrintBatch, referral.BatchDraft); err != nil {
			return err
		}
		had, err := openPlaces(tx, b.ID)
		if err != nil {
			return err
		}
		if replace {
			if err := r.eachPlacement(tx, a, b, func(p *referral.Placement) { p.State = referral.PlacementRetired }); err != nil {
				return err
			}
			had = nil
		}
		if len(had)+len(t.rows) > referral.MaxPlaces {
			var faults csvFaults
			faults.add(t.rows[len(t.rows)-1].line, 1, "label", "error.batch_places", referral.Args{"max": strconv.Itoa(referral.MaxPlaces)})
			return faults.err()
		}
		made, err = r.insertPlaces(tx, a, &b.PrintBatch, t, had)
		b.touched += len(made)
		b.EditedBy = a.String()
		return err
	})
	return orNothing(made, err)
}

// WholeNumber reads a number as people write it here, "1200" or "1.200". What has
// a full stop elsewhere, "1.0" or "2.5", is none.
func WholeNumber(s string) (int, error) {
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ".", "")
	}
	return strconv.Atoi(s)
}

var grouped = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{3})+$`)

// insertPlaces refuses two places that nobody could tell apart.
func (r *Registry) insertPlaces(tx Tx, a referral.Actor, b *referral.PrintBatch, t *table, had []referral.PrintPlace) (made []referral.PrintPlace, err error) {
	seen := map[string]string{}
	key := func(p referral.PrintPlace) string { return SearchKey(p.Label, "|", p.Commune, "|", p.Address) }
	for _, p := range had {
		seen[key(p)] = ""
	}
	var faults csvFaults
	for _, row := range t.rows {
		var f referral.Faults
		c := row.cells
		p := referral.PrintPlace{Batch: b.ID, Label: c["label"], Commune: c["commune"], Address: c["address"], Copies: 1,
			PlacedOn: referral.NoDay, State: referral.PlacementOpen}
		if text := c["copies"]; text != "" {
			if p.Copies, err = WholeNumber(text); err != nil {
				f.Add("/copies", "error.whole_number", "value", text)
				p.Copies = 1
			}
		}
		if err := f.Include(p.Validate()); err != nil {
			return nil, err
		}
		if first, twice := seen[key(p)]; twice && first == "" {
			f.Add("/label", "error.place_twice", "value", p.Label)
		} else if twice {
			f.Add("/label", "error.csv_duplicate", "value", p.Label, "line", first)
		}
		seen[key(p)] = strconv.Itoa(row.line)
		faults.addRow(t, row, f.Err())
		if faults.full() {
			break
		}
		if len(faults.fields) == 0 {
			if err := r.insertPlace(tx, a, b, &p); err != nil {
				return nil, err
			}
			made = append(made, p)
		}
	}
	return made, faults.err()
}

func (r *Registry) insertPlace(tx Tx, a referral.Actor, b *referral.PrintBatch, p *referral.PrintPlace) error {
	placement := referral.Placement{Portal: b.Portal, Kind: referral.PlacementQR, Destination: b.Destination, Label: p.Label, Campaign: b.Campaign,
		State: referral.PlacementOpen, CreatedAt: r.moment(), UpdatedAt: r.moment()}
	if err := r.insertUnderNewCode(tx, &placement); err != nil {
		return err
	}
	p.PlacementNum, p.Code = placement.Num, placement.Code
	if err := tx.InsertPlace(p); err != nil {
		return err
	}
	return r.record(tx, r.change(a, "placement", string(p.Code), "create", ""), nil, append(placementFields(placement), placeFields(*p)...))
}

// PlaceInput changes a place of a draft; nil fields are left as they are.
type PlaceInput struct {
	Label   *string
	Commune *string
	Address *string
	Copies  *int
	Retired *bool // true: the place is left out, its code retired

	Faults referral.Faults
}

// UpdatePlace changes a place of a draft.
func (r *Registry) UpdatePlace(ctx context.Context, a referral.Actor, id string, code referral.Code, in PlaceInput) (place referral.PrintPlace, err error) {
	_, err = r.changeBatch(ctx, a, id, "places", func(tx Tx, b *batchChange) (err error) {
		if place, err = tx.FindPlace(code); err != nil {
			return err
		}
		if place.Batch != b.ID {
			return referral.Errorf(referral.ErrNotFound, "error.place_unknown", "code", string(code))
		}
		if err := inState(b.PrintBatch, referral.BatchDraft); err != nil {
			return err
		}
		placement, err := tx.FindPlacement(code)
		if err != nil {
			return err
		}
		before, placed, f := place, placement, in.Faults
		setText(&place.Label, in.Label)
		setText(&place.Commune, in.Commune)
		setText(&place.Address, in.Address)
		set(&place.Copies, in.Copies)
		if err := f.Include(place.Validate()); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		placement.Label = place.Label
		if in.Retired != nil && *in.Retired {
			placement.State, place.State = referral.PlacementRetired, referral.PlacementRetired
		}
		is := append(placementFields(placement), placeFields(place)...)
		if err := r.record(tx, r.change(a, "placement", string(code), "update", ""), append(placementFields(placed), placeFields(before)...), is); err != nil {
			return err
		}
		placement.UpdatedAt = r.moment()
		if err := tx.UpdatePlacement(&placement); err != nil {
			return err
		}
		b.EditedBy, b.touched = a.String(), 1
		return tx.UpdatePlace(&place)
	})
	return orNothing(place, err)
}
