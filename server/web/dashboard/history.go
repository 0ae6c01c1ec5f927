package dashboard

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// changeRow is one entry of a history.
type changeRow struct {
	Time   time.Time
	Actor  string
	Verb   string
	Reason string
	Parts  []changePart
	Undo   *form // takes it back; the newest entry alone may have it
}

type changePart struct{ Field, Before, After string }

func (d *Dashboard) history(v *visit, entity, key string) ([]changeRow, error) {
	list, _, err := d.Registry.History(v.ctx(), v.actor(), entity, key, registry.Page{Limit: 50})
	if err != nil {
		return nil, err
	}
	var out []changeRow
	for _, c := range list {
		out = append(out, v.changeRow(c))
	}
	return out, nil
}

func (v *visit) changeRow(c referral.Change) changeRow {
	verb := c.Verb
	if k := "dashboard.verb." + verb; v.l.Has(k) {
		verb = v.l.T(k)
	}
	return changeRow{Time: c.Time, Actor: c.Actor, Verb: verb, Reason: c.Reason, Parts: changeParts(c.Before, c.After)}
}

// changeParts lists the fields of a change; a creation says nothing more than that.
func changeParts(before, after json.RawMessage) []changePart {
	var b, a map[string]any
	if json.Unmarshal(before, &b) != nil || json.Unmarshal(after, &a) != nil {
		return nil
	}
	var out []changePart
	for name, value := range a {
		out = append(out, changePart{Field: name, Before: plain(b[name]), After: plain(value)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case string:
		if v == "" {
			return "–"
		}
		return v
	case []any, map[string]any:
		raw, err := json.Marshal(v)
		if err == nil {
			return string(raw)
		}
	}
	return fmt.Sprint(v)
}
