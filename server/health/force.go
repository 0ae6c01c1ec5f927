package health

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lensan/server/referral"
)

const maxReason = 500 // characters

// Force overrules the checks of a destination with Alive or Dead, or gives them
// the word back with Auto. It needs the role admin and a reason; faults are at
// "/force" and "/reason".
func (c *Checker) Force(ctx context.Context, a referral.Actor, id string, to State, reason string) (Status, error) {
	if a.Role != referral.RoleAdmin {
		return Status{}, referral.Errorf(referral.ErrForbidden, "error.forbidden")
	}
	d, err := c.registry.Destination(ctx, id)
	if err != nil {
		return Status{}, err
	}
	var f referral.Faults
	if to != Alive && to != Dead && to != Auto {
		f.Add("/force", "error.one_of", "value", string(to), "allowed", "alive, dead, auto")
	}
	reason = norm.NFC.String(strings.TrimSpace(reason))
	switch {
	case reason == "":
		f.Add("/reason", "error.required")
	case utf8.RuneCountInString(reason) > maxReason:
		f.Add("/reason", "error.too_long", "max", strconv.Itoa(maxReason))
	case !utf8.ValidString(reason) || hasControl(reason):
		f.Add("/reason", "error.text")
	}
	if err := f.Err(); err != nil {
		return Status{}, err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.load(ctx); err != nil {
		return Status{}, err
	}
	before := c.Status(id)
	after := before
	if after.URL == "" {
		after.URL = d.URL
	}
	now := c.o.Now().UTC().Truncate(time.Millisecond)
	after.Forced, after.ForcedBy, after.ForcedReason, after.ForcedAt = to, a.String(), reason, now
	if to == Auto {
		after.Forced, after.ForcedBy, after.ForcedReason, after.ForcedAt = "", "", "", time.Time{}
		c.soon(id)
	}
	if after.Forced == before.Forced && after.ForcedReason == before.ForcedReason {
		return before, nil
	}
	e := &Event{Time: now, Before: before.Effective(), After: after.Effective(), Result: after.Result, Actor: a.String(), Note: reason}
	if err := c.keep(ctx, before, after, e, a.String(), reason); err != nil {
		return Status{}, err
	}
	return after, nil
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return true
		}
	}
	return false
}

// changeOf is the entry of the destination's history.
func changeOf(before, after Status, actor, reason string, at time.Time) *referral.Change {
	fields := func(s Status) json.RawMessage {
		forced := s.Forced
		if forced == "" {
			forced = Auto
		}
		raw, err := json.Marshal(map[string]string{"health": string(s.Effective()), "health_forced": string(forced), "health_reason": string(s.Reason)})
		if err != nil {
			panic(err) // three texts
		}
		return raw
	}
	verb := "health"
	if before.Forced != after.Forced {
		verb = "force"
	}
	return &referral.Change{Time: at, Actor: actor, Entity: "destination", Key: after.Destination, Verb: verb, Reason: reason, Before: fields(before), After: fields(after)}
}
