package api

import (
	"slices"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// query reads the parameters after "?" and collects every fault. A parameter
// that nobody asks for is refused: a misspelt filter must not pass for none.
type query struct {
	values map[string]string
	order  []string
	asked  []string
	faults referral.Faults
}

func (c *call) query() *query {
	q := &query{values: map[string]string{}}
	c.Context().QueryArgs().VisitAll(func(k, v []byte) {
		name := string(k)
		if _, twice := q.values[name]; twice {
			q.faults.Add("/"+name, "error.query_twice")
			return
		}
		q.values[name] = string(v)
		q.order = append(q.order, name)
	})
	return q
}

func (q *query) text(name string) string {
	q.asked = append(q.asked, name)
	return q.values[name]
}

// oneOf returns "" for a parameter that is not given.
func (q *query) oneOf(name string, allowed ...string) string {
	v := q.text(name)
	if v != "" && !slices.Contains(allowed, v) {
		q.faults.Add("/"+name, "error.one_of", "value", v, "allowed", strings.Join(allowed, ", "))
	}
	return v
}

func (q *query) day(name string, none referral.Day) referral.Day {
	v := q.text(name)
	if v == "" {
		return none
	}
	day, err := referral.ParseDay(v)
	if err != nil {
		q.faults.Add("/"+name, "error.day", "value", v)
	}
	return day
}

func (q *query) page() registry.Page {
	return registry.Page{Cursor: q.text("cursor"), Search: q.text("search"), Limit: q.whole("limit", 0, 1, 500)}
}

// whole reads a whole number; usual stands for one that is not given.
func (q *query) whole(name string, usual, least, most int) int {
	v := q.text(name)
	if v == "" {
		return usual
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		q.faults.Add("/"+name, "error.range", "min", strconv.Itoa(least), "max", strconv.Itoa(most))
	}
	return n
}

// province reads the GSO code of a province of today.
func (q *query) province(ps *referral.Provinces, today referral.Day) referral.ProvinceID {
	v := q.text("province")
	if v == "" {
		return 0
	}
	p, err := ps.Find(v, today)
	if err != nil {
		q.faults.AddError("/province", err)
		return 0
	}
	return p.ID
}

// done returns all faults found, unknown parameters among them.
func (q *query) done() error {
	for _, name := range q.order {
		if !slices.Contains(q.asked, name) {
			q.faults.Add("/"+name, "error.query_unknown")
		}
	}
	return q.faults.Err()
}
