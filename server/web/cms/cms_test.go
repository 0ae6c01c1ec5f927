package cms

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lensan/assets"
	"lensan/server/badge"
	"lensan/server/testkit"
	"lensan/server/text"
	"lensan/server/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func readList(t *testing.T, name string) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return list
}

// published returns every snippet that the product hands out, by its name.
func published(t *testing.T) map[string]map[Tier]string {
	t.Helper()
	b, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[Tier]string{}
	for _, lang := range text.Languages {
		for _, style := range badge.Styles() {
			width, height := badge.Size(badge.Options{Style: style})
			s := web.NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In(lang), web.Look{Style: style, Width: width, Height: height})
			out[lang+"-"+style] = map[Tier]string{Badge: s.Badge, Text: s.Text, Script: s.Script, Iframe: s.Iframe}
		}
	}
	return out
}

var tiers = []Tier{Badge, Text, Script, Iframe}

func TestFilter_published(t *testing.T) {
	all := published(t)
	for _, s := range Systems() {
		for name, snippets := range all {
			for _, tier := range tiers {
				got := Filter(s.ID, snippets[tier])
				same := Same(got, snippets[tier])
				switch s.Fate(tier) {
				case Kept:
					if !same {
						t.Errorf("%s changes %s %s:\n%s\n%s", s.ID, name, tier, snippets[tier], got)
					}
				case Changed, Refused:
					if same {
						t.Errorf("%s keeps %s %s, which its row denies", s.ID, name, tier)
					}
				case Unknown:
					if got != snippets[tier] {
						t.Errorf("%s changes what nothing is known of: %s", s.ID, got)
					}
				}
			}
		}
	}
}

func TestFilter_golden(t *testing.T) {
	snippets := published(t)["vi-badge"]
	for _, s := range Systems() {
		if s.filter == nil {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			var b strings.Builder
			for _, tier := range tiers {
				b.WriteString(string(tier) + " " + string(s.Fate(tier)) + "\n" + Filter(s.ID, snippets[tier]) + "\n")
			}
			path := "testdata/published-" + s.ID + ".txt"
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFilter_measured compares the models with what the systems' own filters
// made of the same sources; measured-*.json holds that, in the order of cases.json.
func TestFilter_measured(t *testing.T) {
	cases, checked := readList(t, "cases"), 0
	for _, s := range Systems() {
		if s.Basis != Measured {
			continue
		}
		t.Run(s.ID, func(t *testing.T) { compare(t, s.ID, cases, readList(t, "measured-"+s.ID)) })
		checked++
	}
	if checked < 4 {
		t.Errorf("only %d systems were measured", checked)
	}
}

func compare(t *testing.T, id string, cases, measured []string) {
	t.Helper()
	if len(measured) != len(cases) {
		t.Fatalf("%d answers to %d cases", len(measured), len(cases))
	}
	for i, source := range cases {
		if got := Filter(id, source); !Same(got, measured[i]) {
			t.Errorf("%s\nmakes    %s\nthe model %s", source, measured[i], got)
		}
	}
}

// TestFilter_realWordPress runs WordPress's own filter (Debian's package
// "wordpress", one file of it, whose path LENSAN_KSES holds) on the cases and on
// every published snippet.
func TestFilter_realWordPress(t *testing.T) {
	kses := os.Getenv("LENSAN_KSES")
	if kses == "" {
		kses = "/usr/share/wordpress/wp-includes/kses.php"
	}
	_, noFile := os.Stat(kses)
	if _, noPHP := exec.LookPath("php"); noFile != nil || noPHP != nil {
		testkit.LeaveOut(t, "WordPress's own filter", "php or "+kses+" is missing")
		return
	}
	cases := readList(t, "cases")
	for _, snippets := range published(t) {
		for _, tier := range tiers {
			cases = append(cases, snippets[tier])
		}
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("php", "testdata/wordpress.php", kses)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(in)), os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var measured []string
	if err := json.Unmarshal(raw, &measured); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	compare(t, "wordpress", cases, measured)
}

func TestFilter_traps(t *testing.T) {
	const decomposed = "Ho\u0302\u0303 tro\u031b\u0323"
	for _, c := range []struct{ id, source, want string }{
		{"liferay-filtered", `<img src="https://h/b" alt="Hỗ trợ: lên sàn">`, `<img src="https://h/b">`},
		{"liferay-filtered", `<img src="https://h/b" alt="Lên sàn!">`, `<img src="https://h/b">`},
		{"liferay-filtered", `<img src="https://h/b" alt="` + decomposed + `">`, `<img src="https://h/b">`},
		{"liferay-filtered", `<img src="https://h/b" alt="Hỗ trợ">`, `<img src="https://h/b" alt="Hỗ trợ">`},
		{"liferay-filtered", `<a href="https://h/go" data-x="1" rel="noopener">x</a>`, `<a href="https://h/go" rel="noopener noreferrer">x</a>`},
		{"liferay-filtered", `<a href="https://h/go" rel="nofollow">x</a>`, `<a href="https://h/go" rel="nofollow noopener noreferrer">x</a>`},
		{"liferay-filtered", `<p>x<script>y</script></p>`, `<p>x</p>`},
		{"dnn", `<a href="https://h/go" data-x="1">x</a>`, `<a href="https://h/go">x</a>`},
		{"dnn", `x<script async src="https://h/w/v1.js"></script>y`, `xy`},
		{"drupal", `<img src="/sites/x.svg" alt="x">`, `<img src="/sites/x.svg" alt="x">`},
		{"drupal", `<a href="https://h/go" target="_blank" rel="noopener">x</a>`, `<a href="https://h/go">x</a>`},
		{"sharepoint", `<script>x</script>`, `<script>x</script>`},
		{"nobody", `<a onclick="x">`, `<a onclick="x">`},
	} {
		if got := Filter(c.id, c.source); !Same(got, c.want) {
			t.Errorf("%s: %s\ngives %s\nwant  %s", c.id, c.source, got, c.want)
		}
	}
	if got := Filter("drupal", `<img src="//h/b.svg" alt="x">`); !strings.Contains(got, "filter-image-invalid") {
		t.Errorf("Drupal shows a picture from another host: %s", got)
	}
}

func TestRecommend(t *testing.T) {
	for id, want := range map[string]Tier{
		"nukeviet": Badge, "wordpress": Badge, "joomla": Badge, "drupal": Text, "liferay": Badge, "liferay-filtered": Badge,
		"dnn": Badge, "sharepoint": Badge, "dompurify": Badge, "html": Script, "nobody": Badge, "": Badge,
	} {
		if got := Recommend(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// TestSystems_texts checks that every text of the table exists and that no two
// systems share an id.
func TestSystems_texts(t *testing.T) {
	b, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range Systems() {
		if seen[s.ID] {
			t.Errorf("%s twice", s.ID)
		}
		seen[s.ID] = true
		for _, key := range append([]string{s.Editor}, s.Traps...) {
			if got := b.In("vi").T(key); strings.HasPrefix(got, "[") {
				t.Errorf("%s: text %s is missing", s.ID, key)
			}
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`<a href="x" rel="y">t</a>`, `<A rel='y'   HREF=x>t</A>`, true},
		{`<img src="x" />`, `<img src="x">`, true},
		{`<i title="a&amp;b">'</i>`, `<i title="a&b">&#39;</i>`, true},
		{`<a href="x">t</a>`, `<a href="x" target="_blank">t</a>`, false},
		{`<a href="x">t</a>`, `<a href="X">t</a>`, false},
		{`t`, `u`, false},
	} {
		if got := Same(c.a, c.b); got != c.want {
			t.Errorf("Same(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

// FuzzFilter looks for sources that a filter panics on and for scripts that a
// model of a filter without scripts lets through.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{``, `<`, `</`, `<a`, `<a href`, `<a href=`, `<a href="`, `<a / b>`, `<a =x>`, `<img src='"' "`, "<a\x00b>", `<script`, `<script>a</script`, `<iframe>x`, `<!--`, `<b><b></b>`, `<a b='"c"' d>`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		var raws strings.Builder
		for _, p := range split(source) {
			raws.WriteString(p.raw)
		}
		if !strings.HasPrefix(source, raws.String()) {
			t.Errorf("pieces of %q are %q", source, raws.String())
		}
		for _, s := range systems {
			out := Filter(s.ID, source)
			if s.Script == Refused {
				for _, p := range split(out) {
					if p.kind == opening && p.name == "script" && s.ID != "joomla" {
						t.Errorf("%s lets %q through: %q", s.ID, source, out)
					}
				}
			}
			Same(out, source)
		}
	})
}
