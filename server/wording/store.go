package wording

import (
	"context"
	"time"

	"lensan/server/referral"
	"lensan/server/registry"
)

// Kept is words that the store keeps in the place of a text.
type Kept struct {
	Key, Lang string
	Words     string
	By        string // actor
	At        time.Time
}

// Store is what wording needs of a database.
type Store interface {
	// TextsVersion grows with every committed WriteText.
	TextsVersion(ctx context.Context) (int64, error)
	// Texts returns all words that are kept, and the version of that moment.
	Texts(ctx context.Context) (list []Kept, version int64, err error)
	// WriteText runs decide in one transaction with all that is kept of a key and
	// its newest change, the zero value before there is one. What decide returns is
	// written, nil taking a language's words away, with its change; its error rolls
	// everything back.
	WriteText(ctx context.Context, key string, decide func(now []Kept, last referral.Change) (become map[string]*string, c referral.Change, err error)) error
	History(ctx context.Context, entity, key string, p registry.Page) (list []referral.Change, next string, err error)
}
