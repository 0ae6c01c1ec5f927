// Package classify says what kind of visitor asked for a code: which device,
// system, browser and app, and whether a person, a repeat, a robot or a link
// preview. It works on clicks that are already recorded, never on the
// redirect's way, because parsing User-Agents is slow.
package classify

import "lensan/server/referral"

// Agent is what a User-Agent says. Unknown parts are "other"; texts are short
// and come from a closed set, so that they can be counted: devices "phone",
// "tablet", "desktop", "other"; apps "zalo", "messenger", "facebook", ... or
// "browser".
type Agent struct {
	Device, OS, Browser, App string
	Bot, Preview             bool
}

// Classifier sorts clicks into classes. It remembers the last RepeatWindow of
// clicks, so it must be shown all clicks in order, by one goroutine.
type Classifier struct{}

// New returns a Classifier with nothing remembered.
func New() (*Classifier, error) { panic("skeleton") }

// Classify returns the class of a click and what its User-Agent says, and
// remembers the click for the rule of repeats.
func (c *Classifier) Classify(click *referral.Click) (referral.Class, Agent) { panic("skeleton") }
