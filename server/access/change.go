package access

import (
	"encoding/json"
	"fmt"

	"lensan/server/referral"
)

type fields map[string]any

// change describes what was done for the history. It never holds a secret, nor
// the hash of one.
func (a *Access) change(by referral.Actor, entity, key, verb string, after fields) referral.Change {
	c := referral.Change{Time: a.now(), Actor: by.String(), Entity: entity, Key: key, Verb: verb}
	if after != nil {
		c.After = marshal(after)
	}
	return c
}

func marshal(f fields) json.RawMessage {
	raw, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("history: %v", err))
	}
	return raw
}

func (a *Access) invited(by referral.Actor, inv Invitation) referral.Change {
	return a.change(by, "account", "invitation", "create", fields{"role": inv.Role, "province": int(inv.Province), "first": inv.First})
}
