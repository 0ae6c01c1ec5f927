package dashboard

import (
	"bytes"
	"errors"
	"net/url"
	"strconv"

	"lensan/server/referral"
	"lensan/server/registry"
)

// refusal is a form that was sent and refused, to be shown again.
type refusal struct {
	name  string // tells the forms of a page apart
	typed url.Values
	err   error
}

// refuse keeps what was typed for the form it belongs to, or returns an error
// that no form can mend.
func (v *visit) refuse(name string, err error) (*refusal, error) {
	var e *referral.Error
	if !errors.As(err, &e) || !errors.Is(err, referral.ErrInvalid) && !errors.Is(err, referral.ErrConflict) {
		return nil, err
	}
	return &refusal{name, v.form, err}, nil
}

// form draws a form of a page: with what was typed and its faults if it is the
// one that was refused. A nil refusal is none.
func (r *refusal) form(v *visit, name string, draw func() form) *form {
	v.form = nil
	if r != nil && r.name == name {
		v.form = r.typed
	}
	f := draw()
	if r != nil && r.name == name {
		f.take(v, r.err)
	}
	v.form = nil
	return &f
}

// historyWithUndo is the history of an entity whose page is at an address; its
// newest entry can be taken back there, and the merge that still stands.
func (d *Dashboard) historyWithUndo(v *visit, entity, key, at string) ([]changeRow, error) {
	list, _, err := d.Registry.History(v.ctx(), v.actor(), entity, key, registry.Page{Limit: 50})
	if err != nil {
		return nil, err
	}
	var out []changeRow
	merged := false // or not any more: what came before does not stand
	for i, c := range list {
		row := v.changeRow(c)
		if standing := registry.IsMerge(c) && !merged; (i == 0 || standing) && v.mayWrite() && registry.Undoable(v.actor(), c) {
			of := "undo-"
			if i > 0 {
				of = "undo-merge-"
			}
			row.Undo = v.undone.form(v, "undo "+strconv.FormatInt(c.ID, 10), func() form { return v.undoForm(at, of, c.ID) })
		}
		merged = merged || bytes.Contains(c.After, []byte(`"merged_into"`))
		out = append(out, row)
	}
	return out, nil
}

// undoForm is the form by which a change is taken back at an address; of tells
// its fields from those of other forms.
func (v *visit) undoForm(at, of string, change int64) form {
	f := newForm(v, at+"/hoan-tac", "dashboard.undo.submit",
		field{Name: "reason", Of: of, Key: "dashboard.form.reason", Hint: "dashboard.undo.hint", Required: true})
	f.Hidden = []hidden{{"change", strconv.FormatInt(change, 10)}}
	return f
}

// undo takes back the newest change of an entity that a part of the address
// names; show is its page.
func (d *Dashboard) undo(entity, path, param string, show handler) handler {
	return func(v *visit) error {
		key := v.param(param)
		if param == "code" {
			code, err := v.code()
			if err != nil {
				return err
			}
			key = string(code)
		}
		change, err := strconv.ParseInt(v.form.Get("change"), 10, 64)
		if err != nil {
			change = 0 // no change has it
		}
		err = d.Registry.Undo(v.ctx(), v.actor(), entity, key, change, v.form.Get("reason"))
		if err == nil {
			return v.goTo(path+"/"+url.PathEscape(key), "done", "undone")
		}
		var e *referral.Error
		if !errors.As(err, &e) || len(e.Fields) == 0 {
			return err
		}
		if v.undone, err = v.refuse("undo "+strconv.FormatInt(change, 10), err); err != nil {
			return err
		}
		v.form = nil
		return show(v)
	}
}

// doneText says what was just done, "" for nothing.
func (v *visit) doneText() string {
	if key := "dashboard.done." + v.query.Get("done"); v.query.Get("done") != "" && v.l.Has(key) {
		return v.l.T(key)
	}
	return ""
}
