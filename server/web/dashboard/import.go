package dashboard

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
)

// importKind is a table that can be imported.
type importKind struct {
	path, title, example string
	preview, write       func(ctx context.Context, a referral.Actor, csv io.Reader) (rows []string, err error)
}

type importData struct {
	Action, CSRF, Example, Done string
	Back                        link
	Fault                       *importFault
	Count                       string   // of rows that are fine, "" before there is a table
	First                       []string // what will be created, the first of it
	Table                       string   // what the confirmation sends again
}

func (d *Dashboard) portalTable() importKind {
	describe := func(p referral.Portal) string {
		return p.ID + " · " + p.Name + " · " + strings.Join(append(slices.Clone(p.Hosts), p.Pages...), " ")
	}
	return importKind{"cong", "portals", "id,name,province,hosts\nso-an-giang,Sở KH&CN An Giang,91,skhcn.angiang.gov.vn",
		described(d.Registry.PreviewPortals, describe), described(d.Registry.ImportPortals, describe)}
}

func (d *Dashboard) placementTable() importKind {
	describe := func(p referral.Placement) string {
		return p.Portal + " · " + string(p.Kind) + " · " + p.Destination + " · " + p.Label
	}
	return importKind{"vi-tri", "placements", "portal,kind,destination,label\nso-an-giang,qr,hub,Áp phích",
		described(d.Registry.PreviewPlacements, describe), described(d.Registry.ImportPlacements, describe)}
}

func described[T any](read func(context.Context, referral.Actor, io.Reader) ([]T, error), describe func(T) string) func(context.Context, referral.Actor, io.Reader) ([]string, error) {
	return func(ctx context.Context, a referral.Actor, csv io.Reader) (rows []string, err error) {
		list, err := read(ctx, a, csv)
		for _, x := range list {
			rows = append(rows, describe(x))
		}
		return rows, err
	}
}

func (d *Dashboard) importPage(k importKind) handler {
	return func(v *visit) error {
		if !v.mayWrite() {
			return referral.Errorf(referral.ErrForbidden, "error.forbidden")
		}
		data := importData{}
		if n, err := strconv.ParseInt(v.query.Get("n"), 10, 64); err == nil {
			data.Done = v.l.T("dashboard.import.done", "n", v.l.Number(n))
		}
		return v.importShown(k, data)
	}
}

func (v *visit) importShown(k importKind, data importData) error {
	data.Action, data.CSRF, data.Example = Root+"/nhap/"+k.path, v.session.CSRF, k.example
	data.Back = link{Label: v.l.T("dashboard.nav." + k.title), Href: Root + "/" + k.path}
	return v.render("dash_import.html", v.l.T("dashboard.import."+k.title), data)
}

const shownRows = 20

// importTable shows what a table would create, and creates it once that is confirmed.
func (d *Dashboard) importTable(k importKind) handler {
	return func(v *visit) error {
		table := []byte(v.form.Get("table"))
		if file, err := v.file("file"); err != nil {
			return err
		} else if len(file) > 0 {
			table = file
		}
		confirmed := v.form.Get("confirm") != ""
		read := k.preview
		if confirmed {
			read = k.write
		}
		rows, err := read(v.ctx(), v.actor(), bytes.NewReader(table))
		if err != nil {
			refused, err := v.refuse("import", err)
			if err != nil {
				return err
			}
			v.form.Set("form", "import")
			v.c.Status(422)
			return v.importShown(k, importData{Fault: v.importFault(refused.err), Table: string(table)})
		}
		if confirmed {
			return v.goTo(Root+"/nhap/"+k.path, "n", strconv.Itoa(len(rows)))
		}
		return v.importShown(k, importData{Count: v.l.Number(int64(len(rows))), First: rows[:min(len(rows), shownRows)], Table: string(table)})
	}
}
