package stats

import (
	"context"

	"lensan/server/referral"
)

// Scans says what came of one printed code.
type Scans struct {
	People int64
	Last   referral.Day // of the last scan
}

// SilentAfter is for how many days nobody scans a code that was scanned before
// until it counts as silent.
const SilentAfter = 30

// State says how a code fares on a day: "never" scanned, "silent" or "active".
func (s Scans) State(today referral.Day, silentAfter int) string {
	switch {
	case s.People == 0:
		return "never"
	case int(today-s.Last) > silentAfter:
		return "silent"
	}
	return "active"
}

// Scans returns how many people scanned each code of a print batch, by the
// number of its placement; codes that nobody scanned are not there.
func (s *Stats) Scans(ctx context.Context, batch string) (map[int64]Scans, error) {
	return s.source.Scans(ctx, batch)
}

// NeverScanned counts, for each batch that is on paper, the codes that nobody
// has ever scanned; batches without any are not there.
func (s *Stats) NeverScanned(ctx context.Context) (map[string]int64, error) {
	return s.source.NeverScanned(ctx)
}
