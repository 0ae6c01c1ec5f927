package registry

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"lensan/server/referral"
)

var portalColumns = []column{
	{name: "id", aliases: []string{"ma", "ma cong"}, required: true},
	{name: "name", aliases: []string{"ten", "ten cong"}, required: true},
	{name: "province", aliases: []string{"tinh", "ma tinh"}, required: true},
	{name: "province_on", aliases: []string{"ngay", "ma tinh vao ngay"}},
	{name: "hosts", aliases: []string{"ten mien"}},
	{name: "pages", aliases: []string{"trang", "cac trang"}},
	{name: "contact_email", aliases: []string{"email", "thu dien tu"}},
}

var placementColumns = []column{
	{name: "portal", aliases: []string{"cong", "ma cong"}, required: true},
	{name: "kind", aliases: []string{"loai"}, required: true},
	{name: "destination", aliases: []string{"dich den", "diem den"}, required: true},
	{name: "label", aliases: []string{"nhan", "vi tri"}},
	{name: "campaign", aliases: []string{"chien dich"}},
}

// ImportPortals creates portals from CSV with a header (UTF-8, with or without
// BOM; comma or semicolon; headers as in the API or in Vietnamese), all rows or
// none; every fault is reported with its line and column. The columns are id,
// name, province, province_on, hosts and pages (parted by space or |) and
// contact_email. At most 20,000 rows and 10 MB.
func (r *Registry) ImportPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error) {
	return r.importPortals(ctx, a, csv, false)
}

// PreviewPortals returns what ImportPortals would, and writes nothing.
func (r *Registry) PreviewPortals(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Portal, error) {
	return r.importPortals(ctx, a, csv, true)
}

func (r *Registry) importPortals(ctx context.Context, a referral.Actor, csv io.Reader, dry bool) ([]referral.Portal, error) {
	lines := map[string]int{}
	return importRows(ctx, r, a, csv, portalColumns, dry, func(tx Tx, row tableRow, f *referral.Faults) (p referral.Portal, err error) {
		id := row.cells["id"]
		if first, seen := lines[id]; seen && id != "" {
			f.Add("/id", "error.csv_duplicate", "value", id, "line", strconv.Itoa(first))
			return p, nil
		}
		lines[id] = row.line
		in := PortalInput{ID: row.must("id"), Name: row.must("name"), Province: ptrTo(gsoCode(row.cells["province"])), ContactEmail: row.may("contact_email")}
		for name, into := range map[string]**[]string{"hosts": &in.Hosts, "pages": &in.Pages} {
			if list := strings.FieldsFunc(row.cells[name], func(c rune) bool { return c == ' ' || c == '|' || c == '\n' }); len(list) > 0 {
				*into = &list
			}
		}
		if text := row.cells["province_on"]; text != "" {
			day, err := parseDay(text)
			if err != nil {
				f.Add("/province_on", "error.day", "value", text)
			}
			in.ProvinceOn = &day
		}
		p, err = r.insertPortal(tx, a, in)
		return p, f.Include(err)
	})
}

// ImportPlacements likewise, with the columns portal, kind, destination, label
// and campaign. Two rows that are the same in all of them are a fault: nobody
// could tell their codes apart.
func (r *Registry) ImportPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error) {
	return r.importPlacements(ctx, a, csv, false)
}

// PreviewPlacements returns what ImportPlacements would, and writes nothing; its
// codes are not those that an import will draw.
func (r *Registry) PreviewPlacements(ctx context.Context, a referral.Actor, csv io.Reader) ([]referral.Placement, error) {
	return r.importPlacements(ctx, a, csv, true)
}

func (r *Registry) importPlacements(ctx context.Context, a referral.Actor, csv io.Reader, dry bool) ([]referral.Placement, error) {
	type key struct{ portal, kind, destination, label, campaign string }
	lines := map[key]int{}
	return importRows(ctx, r, a, csv, placementColumns, dry, func(tx Tx, row tableRow, f *referral.Faults) (p referral.Placement, err error) {
		c := row.cells
		k := key{c["portal"], c["kind"], c["destination"], c["label"], c["campaign"]}
		if first, seen := lines[k]; seen {
			f.Add("/portal", "error.csv_duplicate", "value", strings.Join([]string{k.portal, k.kind, k.destination, k.label}, " "), "line", strconv.Itoa(first))
			return p, nil
		}
		lines[k] = row.line
		p, err = r.insertPlacement(tx, a, PlacementInput{Portal: row.must("portal"), Kind: row.must("kind"),
			Destination: row.must("destination"), Label: row.may("label"), Campaign: row.may("campaign")})
		return p, f.Include(err)
	})
}

// importRows inserts every row in one transaction, which a dry run rolls back. After a fault the further
// rows are still looked at, so that all faults are reported together.
func importRows[T any](ctx context.Context, r *Registry, a referral.Actor, csv io.Reader, columns []column, dry bool,
	insert func(tx Tx, row tableRow, f *referral.Faults) (T, error)) ([]T, error) {
	if err := mayWrite(a); err != nil {
		return nil, err
	}
	t, err := readTable(csv, columns)
	if err != nil {
		return nil, err
	}
	list := make([]T, 0, len(t.rows))
	err = r.write(ctx, func(tx Tx) error {
		var faults csvFaults
		for _, row := range t.rows {
			var f referral.Faults
			item, err := insert(tx, row, &f)
			if err != nil {
				return err
			}
			faults.addRow(t, row, f.Err())
			if faults.full() {
				break
			}
			list = append(list, item)
		}
		if err := faults.err(); err != nil || !dry {
			return err
		}
		return errUnchanged
	})
	return orNothing(list, err)
}

// addRow gives a row's faults their places.
func (f *csvFaults) addRow(t *table, row tableRow, err error) {
	var named *referral.Error
	if !errors.As(err, &named) {
		return
	}
	for _, fault := range named.Fields {
		name, _, _ := strings.Cut(strings.TrimPrefix(fault.Field, "/"), "/")
		f.add(row.line, t.position(name), name, fault.Key, fault.Args)
	}
}

// must returns a cell even if it is empty, may returns nil then.
func (row tableRow) must(name string) *string { return ptrTo(row.cells[name]) }

func (row tableRow) may(name string) *string {
	if row.cells[name] == "" {
		return nil
	}
	return ptrTo(row.cells[name])
}

func ptrTo[T any](v T) *T { return &v }

// gsoCode puts back the zero that a spreadsheet takes from "01".
func gsoCode(s string) string {
	if len(s) == 1 && s[0] >= '1' && s[0] <= '9' {
		return "0" + s
	}
	return s
}

// parseDay reads 2021-07-21, and 21/7/2021 as spreadsheets write it here.
func parseDay(s string) (referral.Day, error) {
	if t, err := time.Parse("2/1/2006", s); err == nil {
		return referral.ParseDay(t.Format(time.DateOnly))
	}
	return referral.ParseDay(s)
}
