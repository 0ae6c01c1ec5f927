package dashboard

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
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
	row := changeRow{Time: c.Time, Actor: v.actorName(c.Actor), Verb: verb, Reason: c.Reason, Parts: v.changeParts(c.Before, c.After)}
	if c.Entity == "text" {
		row.nameDefaults(v.l.T("dashboard.texts.the_default"))
	}
	return row
}

// nameDefaults says what stands for words that a text has none of its own of.
func (r *changeRow) nameDefaults(name string) {
	for i := range r.Parts {
		for _, value := range []*string{&r.Parts[i].Before, &r.Parts[i].After} {
			if *value == nothing {
				*value = name
			}
		}
	}
}

// nothing stands for a value that is not there.
const nothing = "–"

// actorName names who did something as people know them: "lan" for
// "account:lan", else "API key 3", "the command line", "the system".
func (v *visit) actorName(actor string) string {
	kind, id, _ := strings.Cut(actor, ":")
	if kind == "account" && id != "" {
		return id
	}
	if k := "dashboard.actor." + kind; v.l.Has(k) {
		return v.l.T(k, "id", id)
	}
	return actor
}

// changeParts lists the fields of a change; a creation says nothing more than that.
func (v *visit) changeParts(before, after json.RawMessage) []changePart {
	var b, a map[string]any
	if json.Unmarshal(before, &b) != nil || json.Unmarshal(after, &a) != nil {
		return nil
	}
	var out []changePart
	for name, value := range a {
		part := changePart{Field: name, Before: v.fieldValue(name, b[name]), After: v.fieldValue(name, value)}
		if k := "dashboard.changed." + name; v.l.Has(k) {
			part.Field = v.l.T(k)
		}
		out = append(out, part)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

// fieldValue writes the JSON value of a field for people.
func (v *visit) fieldValue(name string, value any) string {
	switch value := value.(type) {
	case nil:
		return nothing
	case bool:
		if value {
			return v.l.T("dashboard.changed_value.yes")
		}
		return v.l.T("dashboard.changed_value.no")
	case float64:
		return v.l.Number(int64(value))
	case string:
		return v.fieldText(name, value)
	case []any:
		parts := make([]string, len(value))
		for i, x := range value {
			parts[i] = v.fieldValue(name, x)
		}
		if len(parts) == 0 {
			return nothing
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		names := slices.Sorted(maps.Keys(value))
		for i, key := range names {
			names[i] = key + ": " + v.fieldValue(key, value[key])
		}
		return strings.Join(names, ", ")
	}
	return fmt.Sprint(value)
}

func (v *visit) fieldText(name, value string) string {
	if value == "" {
		return nothing
	}
	for _, k := range []string{"print." + name + "." + value, "dashboard." + name + "." + value, "dashboard." + name + ".state." + value} {
		if v.l.Has(k) {
			return v.l.T(k)
		}
	}
	if day, err := referral.ParseDay(value); err == nil {
		return v.l.Day(day)
	}
	if name == "former_province" || name == "kept_under" {
		if p, err := findProvince(v.d.Registry.Provinces(), value, v.today()); err == nil {
			return v.provinceLabel(p)
		}
	}
	if strings.HasSuffix(name, "_by") {
		return v.actorName(value)
	}
	return value
}
