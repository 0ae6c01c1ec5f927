package classify

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
)

//go:embed testdata/agents.tsv
var agentsText string

// known is a User-Agent of testdata/agents.tsv and what it must be found to be.
type known struct {
	ua    string
	class string
	agent Agent
}

func knownAgents(t testing.TB) []known {
	t.Helper()
	var all []known
	for n, line := range strings.Split(strings.TrimSuffix(agentsText, "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 6 {
			t.Fatalf("agents.tsv line %d has %d fields", n+1, len(f))
		}
		all = append(all, known{f[5], f[0], Agent{Device: f[1], OS: f[2], Browser: f[3], App: f[4], Bot: f[0] == "bot", Preview: f[0] == "preview"}})
	}
	return all
}

func newClassifier(t testing.TB) *Classifier {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClassify_knownAgents(t *testing.T) {
	all := knownAgents(t)
	if len(all) < 150 {
		t.Fatalf("only %d User-Agents", len(all))
	}
	c := newClassifier(t)
	for i, k := range all {
		class, agent := c.Classify(&referral.Click{UserAgent: k.ua, Visitor: uint64(i)})
		if diff := cmp.Diff(k.agent, agent); diff != "" || class.String() != k.class {
			t.Errorf("%q: class %s, want %s %s", k.ua, class, k.class, diff)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, k := range knownAgents(f) {
		f.Add(k.ua)
	}
	f.Add("Mozilla/5.0 (\x00\xff; Zalo")
	f.Add(strings.Repeat("bot bOt-", 60))
	d, err := newDetector()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ua string) {
		if len(ua) > referral.MaxUserAgent {
			ua = ua[:referral.MaxUserAgent]
		}
		a := d.find(ua)
		if a.Bot && a.Preview {
			t.Errorf("%q is both a bot's and a preview's", ua)
		}
		for _, of := range []struct {
			id  string
			set []string
		}{{a.Device, Devices}, {a.OS, Systems}, {a.Browser, Browsers}, {a.App, Apps}} {
			if !slices.Contains(of.set, of.id) {
				t.Errorf("%q: %q is none of %v", ua, of.id, of.set)
			}
		}
		if diff := cmp.Diff(a, d.find(ua)); diff != "" {
			t.Errorf("%q: found differently the second time: %s", ua, diff)
		}
	})
}

func TestAgents_haveNames(t *testing.T) {
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for set, ids := range map[string][]string{"device": Devices, "os": Systems, "browser": Browsers, "app": Apps} {
		for _, id := range ids {
			if key := "agent." + set + "." + id; !texts.In("vi").Has(key) {
				t.Errorf("no text %s", key)
			}
		}
	}
}
