package dashboard

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/succession"
)

// successionChoices reads what was chosen, in the order of the page, of one
// group if its button was pressed. What stands for another portal is searched for.
func (d *Dashboard) successionChoices(v *visit, o succession.Overview) (choices []registry.SuccessionChoice, faults map[string]string, err error) {
	faults = map[string]string{}
	take := func(id string) error {
		value := v.form.Get("do/" + id)
		into, merge := strings.CutPrefix(value, mergePrefix)
		c := registry.SuccessionChoice{Portal: id, Do: registry.Decision(value)}
		if merge {
			c.Do, c.Into = registry.DecideMerge, into
		}
		if merge && into == "" {
			found, err := d.pickedPortal(v, "into/"+id)
			var told *referral.Error
			if errors.As(err, &told) && len(told.Fields) > 0 {
				faults[id] = v.l.Args(told.Fields[0].Key, told.Fields[0].Args)
			} else if err != nil {
				return err
			}
			c.Into = found
		}
		if value != "" {
			choices = append(choices, c)
		}
		return nil
	}
	group, known := v.form.Get("group"), map[string]bool{}
	for _, g := range o.Groups {
		for _, p := range g.Portals {
			known[p.ID] = true
			if group == "" || group == groupKey(g) {
				if err := take(p.ID); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	var others []string // they are no longer what they were when the page was made
	for name := range v.form {
		if id, ok := strings.CutPrefix(name, "do/"); ok && !known[id] && group == "" {
			others = append(others, id)
		}
	}
	slices.Sort(others)
	for _, id := range others {
		if err := take(id); err != nil {
			return nil, nil, err
		}
	}
	return choices, faults, nil
}

// previewData says what a step would change.
type previewData struct {
	Sums   string
	Rows   []previewRow
	Form   *form
	Action string
	CSRF   string
	Hidden []hidden
}

type previewRow struct{ Name, Href, Now, Then, Effect string }

// decideSuccession shows what was chosen would change, and changes it once that
// is confirmed.
func (d *Dashboard) decideSuccession(v *visit) error {
	o, err := d.Succession.Overview(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	choices, faults, err := d.successionChoices(v, o)
	if err != nil {
		return err
	}
	chosen := map[string]string{}
	for name := range v.form {
		if id, ok := strings.CutPrefix(name, "do/"); ok {
			chosen[id] = v.form.Get(name)
		}
	}
	if v.form.Get("edit") != "" {
		return d.successionPage(v, successionData{}, chosen, nil)
	}
	if len(faults) == 0 {
		_, err = d.Succession.Preview(v.ctx(), v.actor(), choices)
	}
	if refused, problem := v.successionFaults(choices, err, faults); refused {
		v.c.Status(fiber.StatusUnprocessableEntity)
		return d.successionPage(v, successionData{Problem: problem}, chosen, faults)
	} else if err != nil {
		return err
	}
	if v.form.Get("confirm") == "" {
		return d.successionPreview(v, o, choices, nil)
	}
	step, err := d.Succession.Apply(v.ctx(), v.actor(), choices, v.form.Get("reason"))
	if err == nil {
		return v.goTo(successionPath, "done", "decided", "n", strconv.Itoa(len(step.Changes)))
	}
	refused, err := v.refuse("confirm", err)
	if err != nil {
		return err
	}
	return d.successionPreview(v, o, choices, refused)
}

// successionFaults puts what the registry says of choices beside their portals.
func (v *visit) successionFaults(choices []registry.SuccessionChoice, err error, faults map[string]string) (refused bool, problem string) {
	var told *referral.Error
	if errors.As(err, &told) {
		for _, f := range told.Fields {
			rest, of := strings.CutPrefix(f.Field, "/choices/")
			index, _, _ := strings.Cut(rest, "/")
			if i, err := strconv.Atoi(index); of && err == nil && i < len(choices) {
				faults[choices[i].Portal] = v.l.Args(f.Key, f.Args)
			} else {
				problem = v.l.Args(f.Key, f.Args)
			}
		}
	}
	switch {
	case len(choices) == 0:
		return true, v.l.T("dashboard.succession.none_chosen")
	case len(faults) > 0:
		return true, v.l.T("dashboard.succession.refused")
	}
	return problem != "", problem
}

func (d *Dashboard) successionPreview(v *visit, o succession.Overview, choices []registry.SuccessionChoice, refused *refusal) error {
	portals, names, groups := map[string]succession.Portal{}, map[string]string{}, map[string]succession.Group{}
	for _, g := range o.Groups {
		for _, c := range g.Candidates {
			names[c.ID] = c.Name
		}
		for _, p := range g.Portals {
			portals[p.ID], groups[p.ID] = p, g
		}
	}
	data := previewData{Action: v.here(), CSRF: v.session.CSRF}
	sums := map[registry.Decision]int64{}
	for _, c := range choices {
		p, g := portals[c.Portal], groups[c.Portal]
		if g.Province == nil {
			continue // it is one since the page began to be made
		}
		now := v.provinceName(g.Province) + " (" + g.Province.Code + ")"
		args := []string{"province", now, "former", v.provinceLabel(p.Registered), "into", cmp.Or(names[c.Into], c.Into), "day", v.l.Day(g.Province.ValidFrom)}
		data.Rows = append(data.Rows, previewRow{Name: p.Name, Href: portalPath(p.ID), Now: v.provinceLabel(p.Registered),
			Then: v.l.T("dashboard.decision_then."+string(c.Do), args...), Effect: v.l.T("dashboard.decision_effect."+string(c.Do), args...)})
		data.Hidden = append(data.Hidden, hidden{"do/" + c.Portal, choiceValue(c)})
		sums[c.Do]++
	}
	var parts []string
	for _, do := range []registry.Decision{registry.DecideMerge, registry.DecideRegister, registry.DecideKeep} {
		if n := sums[do]; n > 0 {
			parts = append(parts, v.l.T("dashboard.decision_sum."+string(do), "n", v.l.Number(n)))
		}
	}
	data.Sums = strings.Join(parts, ", ") + "."
	data.Form = refused.form(v, "confirm", func() form {
		f := newForm(v, v.here(), "dashboard.succession.confirm", field{Name: "reason", Key: "dashboard.form.reason", Hint: "dashboard.succession.reason_hint", Required: true})
		f.Hidden = append(data.Hidden, hidden{"confirm", "1"})
		return f
	})
	return v.render("dash_succession_preview.html", v.l.T("dashboard.succession.preview_title", "n", v.l.Number(int64(len(choices)))), data)
}
