package demo

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"lensan/server/referral"
)

// agentsFile holds one User-Agent a line: for whom, how often, and the text.
// All stand in the fixtures of the classifier too, which says what they are.
//
//go:embed agents.tsv
var agentsFile string

// Who sends a User-Agent.
const (
	byPhone   = "phone" // scans, and links in chats
	byDesk    = "desk"  // widgets, read at work
	byBot     = "bot"
	byPreview = "preview"
)

// mix is the User-Agents of each kind of sender with their weights.
type mix struct {
	texts   map[string][]string
	weights map[string][]float64
}

func readMix() (*mix, error) {
	m := &mix{map[string][]string{}, map[string][]float64{}}
	for line := range strings.Lines(agentsFile) {
		who, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		weight, agent, _ := strings.Cut(rest, "\t")
		n, err := strconv.ParseFloat(weight, 64)
		if err != nil || agent == "" {
			return nil, fmt.Errorf("agents.tsv: %q", line)
		}
		m.texts[who] = append(m.texts[who], agent)
		m.weights[who] = append(m.weights[who], n)
	}
	return m, nil
}

func (m *mix) draw(rng *rand.Rand, who string) string {
	return m.texts[who][pick(rng, m.weights[who])]
}

// person draws what somebody holds who comes by a channel.
func (m *mix) person(rng *rand.Rand, c referral.Channel) string {
	if c == referral.ChannelWidget && rng.IntN(100) < 45 {
		return m.draw(rng, byDesk)
	}
	return m.draw(rng, byPhone)
}
