package dashboard

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/succession"
)

// stepRow is one step of decisions.
type stepRow struct {
	ID      int64
	Time    time.Time
	Actor   string
	Reason  string
	Count   int64
	Changes []stepChange
	Left    int64 // of its changes, that are not shown
	Undone  string
	Undo    *form
}

type stepChange struct{ Name, Href, Text string }

const mostStepChanges = 50

func (d *Dashboard) stepRows(v *visit, o succession.Overview) (rows []stepRow, err error) {
	names, err := d.stepNames(v, o)
	if err != nil {
		return nil, err
	}
	for _, s := range o.Steps {
		row := stepRow{ID: s.ID, Time: s.Time, Actor: v.actorName(s.Actor), Reason: s.Reason, Count: int64(len(s.Changes)), Left: int64(max(len(s.Changes)-mostStepChanges, 0))}
		for _, c := range s.Changes[:min(len(s.Changes), mostStepChanges)] {
			row.Changes = append(row.Changes, stepChange{Name: nameOr(names, c.Portal), Href: portalPath(c.Portal),
				Text: v.l.T("dashboard.decision_then."+string(c.Do), "province", v.registeredUnder(c), "into", nameOr(names, c.Into))})
		}
		if !s.UndoneAt.IsZero() {
			row.Undone = v.l.T("dashboard.succession.undone", "time", v.l.Time(s.UndoneAt), "actor", v.actorName(s.UndoneBy), "reason", s.UndoneReason)
		} else {
			row.Undo = v.undone.form(v, undoName(s.ID), func() form {
				return newForm(v, successionPath+"/"+strconv.FormatInt(s.ID, 10)+"/hoan-tac", "dashboard.succession.undo",
					field{Name: "reason", Of: undoName(s.ID) + "-", Key: "dashboard.form.reason", Hint: "dashboard.undo.hint", Required: true})
			})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func undoName(step int64) string { return "undo-" + strconv.FormatInt(step, 10) }

// stepNames are the names of the portals that the steps speak of.
func (d *Dashboard) stepNames(v *visit, o succession.Overview) (map[string]string, error) {
	names := map[string]string{}
	for _, g := range o.Groups {
		for _, c := range g.Candidates {
			names[c.ID] = c.Name
		}
		for _, p := range g.Portals {
			names[p.ID] = p.Name
		}
	}
	var missing []string
	for _, s := range o.Steps {
		for _, c := range s.Changes[:min(len(s.Changes), mostStepChanges)] {
			for _, id := range []string{c.Portal, c.Into} {
				if id != "" && names[id] == "" && len(missing) < mostPortalOptions {
					missing = append(missing, id)
				}
			}
		}
	}
	more, err := portalNames(d, v, missing, func(id string) string { return id })
	for id, name := range more {
		names[id] = name
	}
	return names, err
}

func nameOr(names map[string]string, id string) string {
	if names[id] == "" {
		return id
	}
	return names[id]
}

// registeredUnder names the province of a new registration.
func (v *visit) registeredUnder(c registry.SuccessionChange) string {
	var after struct {
		Province string       `json:"province"`
		From     referral.Day `json:"province_valid_from"`
	}
	if json.Unmarshal(c.After, &after) != nil || after.Province == "" {
		return ""
	}
	if p, err := v.d.Registry.Provinces().Find(after.Province, after.From); err == nil {
		return v.provinceName(p) + " (" + p.Code + ")"
	}
	return after.Province
}

// undoSuccession takes a whole step back.
func (d *Dashboard) undoSuccession(v *visit) error {
	id, err := strconv.ParseInt(v.param("step"), 10, 64)
	if err != nil {
		id = 0 // no step has it
	}
	if _, err = d.Succession.Undo(v.ctx(), v.actor(), id, v.form.Get("reason")); err == nil {
		return v.goTo(successionPath, "done", "undone")
	}
	var told *referral.Error
	if !errors.As(err, &told) || len(told.Fields) == 0 {
		return err
	}
	for i := range told.Fields { // beside the name of its portal
		told.Fields[i].Field = strings.Replace(told.Fields[i].Field, "/portals/", "/", 1)
	}
	if v.undone, err = v.refuse(undoName(id), err); err != nil {
		return err
	}
	v.form = nil
	return d.successionPage(v, successionData{}, nil, nil)
}
