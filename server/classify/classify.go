// Package classify says what kind of visitor asked for a code: which device,
// system, browser and app, and whether a person, a repeat, a robot or a link
// preview. It works on clicks that are already recorded, never on the
// redirect's way, because parsing User-Agents is slow.
//
// Each click falls into exactly one class, by the first rule that fits:
//
//   - preview: a HEAD request, one marked as prefetch, or a User-Agent of a
//     link previewer ([preview] in robots.txt);
//   - bot: no User-Agent, or one of a crawler, monitor, script, HTTP library or
//     driven browser ([bot] in robots.txt), or one that is no browser's;
//   - repeat: the same visitor, placement and destination within RepeatWindow
//     of a click that was counted as people;
//   - people: all others.
package classify

import "lensan/server/referral"

// maxAgents bounds how many User-Agents are remembered.
const maxAgents = 20_000

// Classifier sorts clicks into classes. It remembers the last RepeatWindow of
// clicks, so it must be shown all clicks in order, by one goroutine. The same
// clicks in the same order always get the same classes.
type Classifier struct {
	detector *detector
	cache    *cache
	memory   *memory
}

// New returns a Classifier with nothing remembered.
func New() (*Classifier, error) {
	d, err := newDetector()
	if err != nil {
		return nil, err
	}
	return &Classifier{d, newCache(maxAgents), newMemory(maxRemembered)}, nil
}

// Classify returns the class of a click and what its User-Agent says, and
// remembers the click for the rule of repeats.
func (c *Classifier) Classify(click *referral.Click) (referral.Class, Agent) {
	agent := *c.cache.get(click.UserAgent, c.detector.find)
	switch {
	case click.Marks&(referral.MarkHead|referral.MarkPrefetch) != 0 || agent.Preview:
		return referral.ClassPreview, agent
	case agent.Bot:
		return referral.ClassBot, agent
	case c.memory.repeated(click):
		return referral.ClassRepeat, agent
	}
	return referral.ClassPeople, agent
}

// Reset forgets the clicks remembered for the rule of repeats. What is known
// of User-Agents is kept.
func (c *Classifier) Reset() { c.memory = newMemory(c.memory.max) }
