package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"lensan/server/referral"
)

// row is what *sql.Row and *sql.Rows have in common.
type row interface{ Scan(dest ...any) error }

// milli returns Unix ms, 0 for the zero time.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMilli is the reverse of milli, in UTC.
func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// openDay makes NoDay NULL.
func openDay(d referral.Day) sql.NullInt32 {
	return sql.NullInt32{Int32: int32(d), Valid: d != referral.NoDay}
}

func fromOpenDay(n sql.NullInt32) referral.Day {
	if !n.Valid {
		return referral.NoDay
	}
	return referral.Day(n.Int32)
}

// jsonList writes a list of texts as a JSON array, "[]" for none.
func jsonList(list []string) (string, error) {
	if list == nil {
		list = []string{}
	}
	raw, err := json.Marshal(list)
	return string(raw), err
}

func fromJSONList(what, raw string) (list []string, err error) {
	if raw == "[]" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return list, nil
}

func scanDestination(r row) (d referral.Destination, err error) {
	var params string
	var updated int64
	err = r.Scan(&d.Num, &d.ID, &d.Kind, &d.Name.Vi, &d.Name.En, &d.URL, &params, &d.FallbackID, &d.Confirmed, &d.Paused, &d.Position, &updated)
	if err != nil {
		return d, err
	}
	d.UpdatedAt = fromMilli(updated)
	d.PassParams, err = fromJSONList("parameters of destination "+d.ID, params)
	return d, err
}

func scanPortal(r row) (p referral.Portal, err error) {
	var hosts, pages string
	var created, updated int64
	err = r.Scan(&p.Num, &p.ID, &p.Name, &p.Province, &hosts, &pages, &p.ContactEmail, &p.MergedInto, &p.Former, &p.Kept, &created, &updated)
	if err != nil {
		return p, err
	}
	p.CreatedAt, p.UpdatedAt = fromMilli(created), fromMilli(updated)
	if p.Hosts, err = fromJSONList("hosts of portal "+p.ID, hosts); err == nil {
		p.Pages, err = fromJSONList("pages of portal "+p.ID, pages)
	}
	return p, err
}

func scanCampaign(r row) (c referral.Campaign, err error) {
	var from, to sql.NullInt32
	var texts string
	var created, updated int64
	if err = r.Scan(&c.Num, &c.ID, &c.Name, &from, &to, &texts, &created, &updated); err != nil {
		return c, err
	}
	c.From, c.To = fromOpenDay(from), fromOpenDay(to)
	c.CreatedAt, c.UpdatedAt = fromMilli(created), fromMilli(updated)
	if err = json.Unmarshal([]byte(texts), &c.Posters); err != nil {
		return c, fmt.Errorf("poster texts of campaign %s: %w", c.ID, err)
	}
	if len(c.Posters) == 0 {
		c.Posters = nil
	}
	return c, nil
}

func scanPlacement(r row) (p referral.Placement, err error) {
	var created, updated int64
	err = r.Scan(&p.Num, &p.Code, &p.Portal, &p.Kind, &p.Destination, &p.Label, &p.Campaign, &p.State, &created, &updated)
	if p.Destination == "" {
		p.Destination = referral.HubID
	}
	p.CreatedAt, p.UpdatedAt = fromMilli(created), fromMilli(updated)
	return p, err
}

func scanChange(r row) (c referral.Change, err error) {
	var changed int64
	var before, after string
	err = r.Scan(&c.ID, &changed, &c.Actor, &c.Entity, &c.Key, &c.Verb, &c.Reason, &before, &after)
	c.Time = fromMilli(changed)
	if before != "" {
		c.Before = json.RawMessage(before)
	}
	if after != "" {
		c.After = json.RawMessage(after)
	}
	return c, err
}
