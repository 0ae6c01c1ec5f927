package classify

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lensan/server/referral"
)

const (
	phone   = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.6533.64 Mobile Safari/537.36"
	crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	preview = "facebookexternalhit/1.1"
)

func TestClassify_precedence(t *testing.T) {
	for _, test := range []struct {
		name  string
		marks referral.Mark
		ua    string
		want  referral.Class
	}{
		{"a person", 0, phone, referral.ClassPeople},
		{"a person's HEAD", referral.MarkHead, phone, referral.ClassPreview},
		{"a person's prefetch", referral.MarkPrefetch, phone, referral.ClassPreview},
		{"a crawler's HEAD", referral.MarkHead, crawler, referral.ClassPreview},
		{"a preview", 0, preview, referral.ClassPreview},
		{"a crawler", 0, crawler, referral.ClassBot},
		{"nobody", 0, "", referral.ClassBot},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClassifier(t)
			for range 2 { // none of these but a person is ever a repeat
				class, _ := c.Classify(&referral.Click{Milli: 1, Marks: test.marks, UserAgent: test.ua})
				if class != test.want {
					t.Errorf("class %s, want %s", class, test.want)
				}
				if test.want == referral.ClassPeople {
					test.want = referral.ClassRepeat
				}
			}
		})
	}
}

func TestClassify_repeat(t *testing.T) {
	window := RepeatWindow.Milliseconds()
	first := referral.Click{Milli: 1_000_000, Placement: 1, Destination: 2, Visitor: 3, UserAgent: phone}
	for _, test := range []struct {
		name   string
		change func(*referral.Click)
		want   referral.Class
	}{
		{"a double tap", func(c *referral.Click) { c.Milli += 200 }, referral.ClassRepeat},
		{"the end of the window", func(c *referral.Click) { c.Milli += window }, referral.ClassRepeat},
		{"after the window", func(c *referral.Click) { c.Milli += window + 1 }, referral.ClassPeople},
		{"recorded out of order", func(c *referral.Click) { c.Milli -= 30 }, referral.ClassRepeat},
		{"a clock set back", func(c *referral.Click) { c.Milli -= window + 1 }, referral.ClassPeople},
		{"another placement", func(c *referral.Click) { c.Placement++ }, referral.ClassPeople},
		{"another destination", func(c *referral.Click) { c.Destination++ }, referral.ClassPeople},
		{"another visitor", func(c *referral.Click) { c.Visitor++ }, referral.ClassPeople},
		{"another channel", func(c *referral.Click) { c.Channel++ }, referral.ClassRepeat},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClassifier(t)
			if class, _ := c.Classify(&first); class != referral.ClassPeople {
				t.Fatalf("the first is %s", class)
			}
			second := first
			test.change(&second)
			if class, _ := c.Classify(&second); class != test.want {
				t.Errorf("the second is %s, want %s", class, test.want)
			}
		})
	}
}

// The window begins with a counted click and does not slide.
func TestClassify_repeatedTaps(t *testing.T) {
	c := newClassifier(t)
	var got []string
	for second := int64(0); second <= 24; second += 3 {
		class, _ := c.Classify(&referral.Click{Milli: second * 1000, UserAgent: phone})
		got = append(got, class.String())
	}
	want := "people repeat repeat repeat people repeat repeat repeat people"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

func TestMemory_bounded(t *testing.T) {
	m := newMemory(100)
	for i := range 1000 {
		m.repeated(&referral.Click{Milli: 5000, Visitor: uint64(i)})
	}
	if m.n != 100 || len(m.last) != 100 || len(m.queue) != 100 {
		t.Fatalf("remembers %d, %d, %d", m.n, len(m.last), len(m.queue))
	}
	if m.repeated(&referral.Click{Milli: 5000, Visitor: 0}) {
		t.Error("the oldest was not forgotten first")
	}
	if !m.repeated(&referral.Click{Milli: 5000, Visitor: 999}) {
		t.Error("the youngest was forgotten")
	}
	m.repeated(&referral.Click{Milli: 5001 + RepeatWindow.Milliseconds()})
	if m.n != 1 || len(m.last) != 1 {
		t.Errorf("after the window it remembers %d, %d", m.n, len(m.last))
	}
}

// A memory with bound and ring must answer as the rule's plain wording does.
func TestMemory_asStated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, last := newMemory(maxRemembered), map[repeatKey]int64{}
		milli := int64(1_000_000)
		for range rapid.IntRange(1, 200).Draw(t, "clicks") {
			milli += rapid.Int64Range(0, 4000).Draw(t, "later")
			c := referral.Click{Milli: milli, Placement: rapid.Int64Range(1, 2).Draw(t, "placement"), Visitor: rapid.Uint64Range(1, 3).Draw(t, "visitor")}
			key := repeatKey{c.Placement, c.Destination, c.Visitor}
			at, counted := last[key]
			want := counted && milli-at <= RepeatWindow.Milliseconds()
			if !want {
				last[key] = milli
			}
			if got := m.repeated(&c); got != want {
				t.Fatalf("repeated is %v, want %v", got, want)
			}
		}
	})
}

// Each click falls in one of the four classes, and the same clicks in the same
// order in the same ones, however little is remembered of their User-Agents.
func TestClassify_deterministic(t *testing.T) {
	agents := knownAgents(t)
	large, small := newClassifier(t), newClassifier(t)
	rapid.Check(t, func(t *rapid.T) {
		large.memory, small.memory = newMemory(maxRemembered), newMemory(maxRemembered)
		small.cache = newCache(2)
		sum := map[referral.Class]int{}
		n := rapid.IntRange(1, 100).Draw(t, "clicks")
		for range n {
			c := referral.Click{
				Milli:     rapid.Int64Range(0, 60_000).Draw(t, "milli"),
				Marks:     referral.Mark(rapid.SampledFrom([]uint8{0, 0, 0, 1, 2, 3}).Draw(t, "marks")),
				Visitor:   rapid.Uint64Range(1, 4).Draw(t, "visitor"),
				UserAgent: rapid.SampledFrom(agents).Draw(t, "agent").ua,
			}
			one, agentOne := large.Classify(&c)
			two, agentTwo := small.Classify(&c)
			if one != two || agentOne != agentTwo {
				t.Fatalf("%s %v and %s %v", one, agentOne, two, agentTwo)
			}
			sum[one]++
		}
		if sum[referral.ClassPeople]+sum[referral.ClassRepeat]+sum[referral.ClassBot]+sum[referral.ClassPreview] != n {
			t.Fatalf("%d clicks became %v", n, sum)
		}
	})
}

func TestCache_bounded(t *testing.T) {
	c := newCache(100)
	found := 0
	find := func(ua string) *finding { found++; return &finding{Device: ua} }
	for i := range 1000 {
		ua := fmt.Sprint("agent ", i)
		if got := c.get(ua, find).Device; got != ua {
			t.Fatalf("%s got the finding of %s", ua, got)
		}
		c.get("the one that everybody uses", find)
		if n := c.young.ItemCount() + c.old.ItemCount(); n > 101 {
			t.Fatalf("%d are remembered", n)
		}
	}
	if found != 1001 {
		t.Errorf("%d were found anew, want 1001: what is used often must stay", found)
	}
}

func TestReadRobots_faults(t *testing.T) {
	for _, text := range []string{"curl", "[bots]\ncurl", "[bot]\nCurl", "[bot]\n^"} {
		if _, err := readRobots(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	mix := agentMix(b, 2000)
	c := newClassifier(b)
	clicks := make([]referral.Click, 1<<16)
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 8, uint64(len(mix)-1))
	for i := range clicks {
		clicks[i] = referral.Click{Placement: random.Int64N(5000), Visitor: random.Uint64N(20_000), UserAgent: mix[zipf.Uint64()]}
	}
	for i := range clicks { // as a server that has run for a while
		c.Classify(&clicks[i])
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		click := &clicks[i&(len(clicks)-1)]
		click.Milli = int64(i) / 50 // 50,000 clicks/s
		c.Classify(click)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "clicks/s")
}

func BenchmarkFind(b *testing.B) {
	mix := agentMix(b, 2000)
	d, err := newDetector()
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		d.find(mix[i%len(mix)])
	}
}

var digits = regexp.MustCompile(`\d+`)

// agentMix returns n different User-Agents: lines of the file that CLASSIFY_AGENTS
// names, or else the known ones with other numbers in them.
func agentMix(b *testing.B, n int) []string {
	random := rand.New(rand.NewPCG(3, 4))
	if name := os.Getenv("CLASSIFY_AGENTS"); name != "" {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		return lines[:min(n, len(lines))]
	}
	known, seen := knownAgents(b), map[string]bool{}
	for i := 0; len(seen) < n; i++ {
		ua := digits.ReplaceAllStringFunc(known[i%len(known)].ua, func(s string) string { return fmt.Sprint(random.IntN(len(s)*9) + 1) })
		seen[ua] = true
	}
	mix := make([]string, 0, n)
	for ua := range seen {
		mix = append(mix, ua)
	}
	slices.Sort(mix)
	return mix
}
