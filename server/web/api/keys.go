package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/access"
	"lensan/server/referral"
)

type keyView struct {
	ID          int64         `json:"id"`
	Label       string        `json:"label"`
	Role        referral.Role `json:"role"`
	Province    *provinceRef  `json:"province"`
	Destination *string       `json:"destination"`
	CreatedAt   time.Time     `json:"created_at"`
	LastUsedAt  *time.Time    `json:"last_used_at"`
	RevokedAt   *time.Time    `json:"revoked_at"`
	Secret      string        `json:"secret,omitempty"` // on creation alone
}

func (a *API) key(k access.Key) keyView {
	v := keyView{ID: k.ID, Label: k.Label, Role: k.Role, Destination: orNull(k.Destination), CreatedAt: moment(k.CreatedAt),
		LastUsedAt: momentOrNull(k.LastUsedAt), RevokedAt: momentOrNull(k.RevokedAt)}
	if p := a.d.Registry.Provinces().ByID(k.Province); p != nil {
		ref := referTo(p)
		v.Province = &ref
	}
	return v
}

func (a *API) handleKeys(c *call) error {
	all, err := a.d.Access.Keys(c.ctx)
	if err != nil {
		return err
	}
	return sendList(c, all, "", a.key)
}

func (a *API) handleKey(c *call) error {
	id, err := c.keyID()
	if err != nil {
		return err
	}
	all, err := a.d.Access.Keys(c.ctx)
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.ID == id {
			return c.send(200, a.key(k))
		}
	}
	return errKeyUnknown
}

var errKeyUnknown = referral.Errorf(referral.ErrNotFound, "error.key_unknown")

func (c *call) keyID() (int64, error) {
	id, err := strconv.ParseInt(c.param("id"), 10, 64)
	if err != nil {
		return 0, errKeyUnknown
	}
	return id, nil
}

func (a *API) handleKeyCreate(c *call) error {
	o, err := c.body()
	if err != nil {
		return err
	}
	var label, role, province, destination *string
	o.text("label", &label)
	o.text("role", &role)
	o.textOrNull("province", &province)
	o.textOrNull("destination", &destination)
	var k access.Key
	if label != nil {
		k.Label = *label
	}
	if role != nil {
		k.Role = referral.Role(*role)
	}
	if province != nil && *province != "" {
		if p, err := a.d.Registry.Provinces().Find(*province, a.today()); err == nil {
			k.Province = p.ID
		} else if err := o.faults.AddError("/province", err); err != nil {
			return err
		}
	}
	if destination != nil && *destination != "" {
		k.Destination = *destination
		if _, err := a.d.Registry.Destination(c.ctx, k.Destination); err != nil {
			if err := o.faults.AddError("/destination", err); err != nil {
				return err
			}
		}
	}
	if faults := o.done(); faults.Err() != nil {
		return faults.Err()
	}
	k, secret, err := a.d.Access.CreateKey(c.ctx, c.actor, k)
	if err != nil {
		return err
	}
	v := a.key(k)
	v.Secret = secret
	return c.created("/keys/"+strconv.FormatInt(k.ID, 10), v)
}

func (a *API) handleKeyRevoke(c *call) error {
	id, err := c.keyID()
	if err != nil {
		return err
	}
	if err := a.d.Access.RevokeKey(c.ctx, c.actor, id); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
