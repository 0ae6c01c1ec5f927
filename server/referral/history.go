package referral

import (
	"encoding/json"
	"time"
)

// Role says what a key or account may do.
type Role string

// The roles. RoleProvince is limited to one province, its predecessors and
// successors; RoleMarketplace to the sign-ups of one destination.
const (
	RoleAdmin       Role = "admin"
	RoleEditor      Role = "editor"
	RoleProvince    Role = "province"
	RoleViewer      Role = "viewer"
	RoleMarketplace Role = "marketplace"
)

// Actor is who does something: an account, an API key, the command line or
// the system itself.
type Actor struct {
	Kind        string // "account", "key", "cli", "system"
	ID          string // account name, key id
	Role        Role
	Province    ProvinceID // for RoleProvince
	Destination string     // for RoleMarketplace
}

// String returns what a Change keeps of an actor: "account:lan", "key:3", "cli".
func (a Actor) String() string {
	if a.ID == "" {
		return a.Kind
	}
	return a.Kind + ":" + a.ID
}

// Change is one entry of the history: who changed what, when and why. Before
// and After hold the JSON of the changed fields alone; Before is empty for a
// creation.
type Change struct {
	ID     int64
	Time   time.Time
	Actor  string // "account:lan", "key:3", "cli", "system"
	Entity string // "portal", "placement", "destination", "campaign", "key", "account"
	Key    string // its public ID or code
	Verb   string // "create", "update", "merge", "retire"
	Reason string
	Before json.RawMessage
	After  json.RawMessage
}
