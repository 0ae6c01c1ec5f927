package web

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"lensan/assets"
	"lensan/server/badge"
	"lensan/server/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func bundle(t *testing.T) *text.Bundle {
	t.Helper()
	b, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// picture is the look of a picture in its own size.
func picture(o badge.Options) Look {
	l := Look{Style: o.Style, Theme: o.Theme}
	l.Width, l.Height = badge.Size(o)
	return l
}

func TestNewSnippets_golden(t *testing.T) {
	b := bundle(t)
	for name, s := range map[string]Snippets{
		"vi":           NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In("vi"), Look{}),
		"en-button":    NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In("en"), Look{Style: "button", Width: 200, Height: 44}),
		"loopback":     NewSnippets("http://localhost:8080", "K7Q2PX", b.In("vi"), Look{Style: "badge", Width: 240, Height: 72}),
		"en-card-dark": NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In("en"), picture(badge.Options{Style: "card", Theme: "dark"})),
		"vi-button-s":  NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In("vi"), picture(badge.Options{Style: "button", Size: "s"})),
		"vi-badge-l":   NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In("vi"), picture(badge.Options{Size: "l"})),
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join([]string{s.Badge, s.Text, s.Script, s.Iframe}, "\n") + "\n"
			path := "testdata/snippets-" + name + ".html"
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNewSnippets_surviveOldEditors(t *testing.T) {
	b := bundle(t)
	for _, lang := range text.Languages {
		s := NewSnippets("https://lensan.example.vn", "K7Q2PX", b.In(lang), Look{})
		for _, snippet := range []string{s.Badge, s.Text, s.Script, s.Iframe} {
			if strings.ContainsAny(snippet, "\n\r\t'#") || strings.Contains(snippet, " style=") || !norm.NFC.IsNormalString(snippet) {
				t.Errorf("an old editor destroys %s", snippet)
			}
		}
		if alt := b.In(lang).T("snippet.alt"); strings.ContainsAny(alt, ":!") {
			t.Errorf("Liferay refuses the alt text %q", alt)
		}
	}
}

func TestNewSnippets_escape(t *testing.T) {
	s := NewSnippets(`https://evil.example"><script>alert(1)</script>`, "K7Q2PX", bundle(t).In("vi"), Look{})
	for _, snippet := range []string{s.Badge, s.Text, s.Iframe} {
		if strings.Contains(snippet, "<script") {
			t.Errorf("the base address becomes a tag in %s", snippet)
		}
	}
	if strings.Count(s.Script, "<script") != 1 {
		t.Errorf("the base address becomes a tag in %s", s.Script)
	}
}

func TestNewURLs(t *testing.T) {
	want := URLs{
		Go:    "https://lensan.example.vn/go/K7Q2PX",
		Scan:  "HTTPS://LENSAN.EXAMPLE.VN/K7Q2PX",
		Badge: "https://lensan.example.vn/b/K7Q2PX.svg",
		Embed: "https://lensan.example.vn/nhung/K7Q2PX",
		QR:    "https://lensan.example.vn/qr/K7Q2PX.svg",
	}
	if diff := cmp.Diff(want, NewURLs("https://lensan.example.vn", "K7Q2PX")); diff != "" {
		t.Error(diff)
	}
}

// TestEscape_apostrophe: Joomla's filter breaks "&#39;" in an attribute.
func TestEscape_apostrophe(t *testing.T) {
	if got := escape(`l'"<&>`); got != "l'&quot;&lt;&amp;&gt;" {
		t.Errorf("got %s", got)
	}
}
