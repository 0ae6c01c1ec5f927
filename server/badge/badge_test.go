package badge

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/color"
	"image/png"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// ours returns the texts that the server has for a language and style.
func ours(t testing.TB, lang, style string) Texts {
	t.Helper()
	all, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	say := all.In(lang).T
	if style == "button" {
		return Texts{Line1: say("badge.button"), Alt: say("snippet.alt")}
	}
	if style == "badge" {
		return Texts{Line1: say("badge.line1"), Line2: say("badge.line2"), Alt: say("snippet.alt")}
	}
	return Texts{Line1: say("badge.button"), Figure: say("badge.figure"), Note: say("badge.note"),
		Action: say("badge.action"), Alt: say("snippet.alt")}
}

// each calls check with every style in every language.
func each(t *testing.T, check func(t *testing.T, texts Texts, o Options)) {
	for _, style := range Styles() {
		for _, lang := range []string{"vi", "en"} {
			t.Run(style+" "+lang, func(t *testing.T) {
				check(t, ours(t, lang, style), Options{Style: style, Lang: lang})
			})
		}
	}
}

func TestSVG_golden(t *testing.T) {
	each(t, func(t *testing.T, texts Texts, o Options) {
		got, err := SVG(texts, o)
		if err != nil {
			t.Fatal(err)
		}
		path := "testdata/" + o.Style + "-" + o.Lang + ".svg"
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSVG_budget(t *testing.T) {
	each(t, func(t *testing.T, texts Texts, o Options) {
		svg, err := SVG(texts, o)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w := brotli.NewWriterLevel(&b, brotli.BestCompression)
		w.Write(svg)
		w.Close()
		t.Logf("%d B, %d B with brotli", len(svg), b.Len())
		if b.Len() > 3072 {
			t.Errorf("%d B with brotli", b.Len())
		}
	})
}

var hostile = regexp.MustCompile(`<style|style=|\bid=|<script|\bon\w+=|href|url\(|<text|font-|\.\d{3}|<!|class=`)

func TestSVG_isHarmless(t *testing.T) {
	each(t, func(t *testing.T, texts Texts, o Options) {
		svg, err := SVG(texts, o)
		if err != nil {
			t.Fatal(err)
		}
		if found := hostile.Find(svg); found != nil {
			t.Errorf("holds %q", found)
		}
		var file struct {
			Role  string `xml:"role,attr"`
			Label string `xml:"aria-label,attr"`
			Lang  string `xml:"lang,attr"`
			Title string `xml:"title"`
		}
		if err := xml.Unmarshal(svg, &file); err != nil {
			t.Fatal(err)
		}
		if file.Role != "img" || file.Label != texts.Alt || file.Title != texts.Alt || file.Lang != o.Lang {
			t.Errorf("%+v", file)
		}
	})
}

func TestSVG_escapes(t *testing.T) {
	alt := `"><script>alert('1')</script>&amp;`
	svg, err := SVG(Texts{Line1: `<a> & "b"`, Alt: alt}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Label string `xml:"aria-label,attr"`
		Title string `xml:"title"`
	}
	if err := xml.Unmarshal(svg, &file); err != nil {
		t.Fatal(err)
	}
	if file.Label != alt || file.Title != alt || bytes.Contains(svg, []byte("<script")) {
		t.Errorf("%s", svg[:400])
	}
}

func TestSVG_decomposedIsTheSame(t *testing.T) {
	texts := ours(t, "vi", "badge")
	want, err := SVG(texts, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := SVG(Texts{Line1: norm.NFD.String(texts.Line1), Line2: " " + norm.NFD.String(texts.Line2) + "\n", Alt: norm.NFD.String(texts.Alt)}, Options{})
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("%v, differs: %v", err, !bytes.Equal(want, got))
	}
}

func TestSVG_shrinksThenRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts Texts
		o     Options
		field string
		key   string
	}{
		{"longer, smaller", Texts{Line1: "Hỗ trợ nông dân miền núi", Line2: "lên các sàn thương mại điện tử", Alt: "a"}, Options{}, "", ""},
		{"first line too long", Texts{Line1: "Hỗ trợ hộ sản xuất nông nghiệp", Line2: "lên sàn", Alt: "a"}, Options{}, "/line1", "error.badge_text_long"},
		{"second line too long", Texts{Line1: "Hỗ trợ", Line2: "lên sàn thương mại điện tử của Việt Nam", Alt: "a"}, Options{}, "/line2", "error.badge_text_long"},
		{"button too long", Texts{Line1: "Hỗ trợ nông dân lên sàn thương mại", Line2: "", Alt: "a"}, Options{Style: "button"}, "/line1", "error.badge_text_long"},
		{"no such glyph", Texts{Line1: "Hỗ trợ 农", Line2: "", Alt: "a"}, Options{}, "/line1", "error.badge_glyph"},
		{"no text", Texts{Line1: " ", Line2: "", Alt: "a"}, Options{}, "/line1", "error.badge_text_empty"},
		{"no alt", Texts{Line1: "Hỗ trợ", Line2: "", Alt: ""}, Options{}, "/alt", "error.badge_text_empty"},
		{"style", Texts{Line1: "Hỗ trợ", Line2: "", Alt: "a"}, Options{Style: "banner"}, "/style", "error.badge_style"},
		{"theme", Texts{Line1: "Hỗ trợ", Alt: "a"}, Options{Theme: "blue"}, "/theme", "error.badge_theme"},
		{"size", Texts{Line1: "Hỗ trợ", Alt: "a"}, Options{Size: "xl"}, "/size", "error.badge_size"},
		{"figure too long", Texts{Line1: "Hỗ trợ", Figure: strings.Repeat("1.000 ", 9), Alt: "a"}, Options{Style: "card"}, "/figure", "error.badge_text_long"},
		{"note too long", Texts{Line1: "Hỗ trợ", Note: strings.Repeat("hộ ", 20), Alt: "a"}, Options{Style: "card"}, "/note", "error.badge_text_long"},
		{"action too long", Texts{Line1: "Hỗ trợ", Action: strings.Repeat("xem ", 12), Alt: "a"}, Options{Style: "card"}, "/action", "error.badge_text_long"},
		{"a title alone is a card", Texts{Line1: "Hỗ trợ", Alt: "a"}, Options{Style: "card"}, "", ""},
		{"language", Texts{Line1: "Hỗ trợ", Line2: "", Alt: "a"}, Options{Lang: "fr"}, "/lang", "error.badge_lang"},
		{"scale", Texts{Line1: "Hỗ trợ", Line2: "", Alt: "a"}, Options{Scale: 4}, "/scale", "error.badge_scale"},
	} {
		t.Run(c.name, func(t *testing.T) {
			svg, err := SVG(c.texts, c.o)
			if c.key == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var e *referral.Error
			if !errors.As(err, &e) || !errors.Is(err, referral.ErrInvalid) || svg != nil || len(e.Fields) != 1 {
				t.Fatalf("%d bytes, %v", len(svg), err)
			}
			if e.Fields[0].Field != c.field || e.Fields[0].Key != c.key {
				t.Errorf("%v, want %s %s", err, c.field, c.key)
			}
		})
	}
}

func TestPNG(t *testing.T) {
	each(t, func(t *testing.T, texts Texts, o Options) {
		for _, look := range []Options{{Scale: 1}, {Scale: 2}, {Scale: 3}, {Size: "s", Scale: 1, Theme: "dark"}, {Size: "l", Scale: 2, Theme: "dark"}} {
			o.Size, o.Theme, o.Scale = look.Size, look.Theme, look.Scale
			width, height := Size(o)
			scale := o.Scale
			colours := themes[o.withDefaults().Theme]
			file, err := PNG(texts, o)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if size := img.Bounds().Size(); size.X != width*scale || size.Y != height*scale {
				t.Fatalf("%v at scale %d", size, scale)
			}
			if _, _, _, alpha := img.At(0, 0).RGBA(); alpha != 0 {
				t.Error("the corner is not transparent")
			}
			ground, ink := nrgba(t, colours.ground), nrgba(t, colours.ink)
			if got := img.At(width*scale/2, 1); got != ground {
				t.Errorf("ground is %v", got)
			}
			inked, between := 0, 0
			for y := range height * scale {
				for x := range width * scale {
					switch c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); {
					case c == ink:
						inked++
					case c != ground && c.A == 255:
						between++
					}
				}
			}
			if share := float64(inked) / float64(width*height*scale*scale); share < 0.04 || share > 0.3 || between == 0 {
				t.Errorf("%+v: %.3f in ink, %d pixels between the colours", o, share, between)
			}
		}
	})
}

func nrgba(t *testing.T, colour string) color.NRGBA {
	t.Helper()
	c, err := parseColour(colour)
	if err != nil {
		t.Fatal(err)
	}
	return color.NRGBA(c)
}

func TestSize(t *testing.T) {
	for o, want := range map[Options][2]int{
		{}:                           {240, 72},
		{Style: "button"}:            {240, 48},
		{Style: "card"}:              {320, 240},
		{Style: "banner"}:            {0, 0},
		{Size: "xl"}:                 {0, 0},
		{Style: "button", Size: "s"}: {220, 44},
		{Style: "card", Size: "l"}:   {480, 360},
		{Theme: "dark", Scale: 2}:    {240, 72},
		{Style: "badge", Size: "s"}:  {200, 60},
	} {
		if width, height := Size(o); width != want[0] || height != want[1] {
			t.Errorf("Size(%+v) = %d, %d", o, width, height)
		}
	}
}

// Each size of a style is the same picture: same proportion, and so high that
// a finger hits it.
func TestSize_proportion(t *testing.T) {
	for name, style := range styles {
		m := style.sizes["m"]
		for size, got := range style.sizes {
			if got[0]*m[1] != got[1]*m[0] || got[1] < 44 {
				t.Errorf("%s %s is %d × %d", name, size, got[0], got[1])
			}
		}
	}
}

func TestSVG_sizeAndTheme(t *testing.T) {
	texts := ours(t, "vi", "card")
	svg, err := SVG(texts, Options{Style: "card", Size: "s", Theme: "dark"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`width="280" height="210" viewBox="0 0 6400 4800"`, `fill="` + themes["dark"].ground} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("%s is missing", want)
		}
	}
	if bytes.Contains(svg, []byte(themes["light"].ground)) {
		t.Error("a colour of the light theme")
	}
}

// Words are in ink on ground or in ground on ink: one ratio for both.
func TestThemes_contrast(t *testing.T) {
	for name, c := range themes {
		ratio := (luminance(t, c.ground) + 0.05) / (luminance(t, c.ink) + 0.05)
		ratio = max(ratio, 1/ratio)
		t.Logf("%s: %.1f", name, ratio)
		if ratio < 4.5 {
			t.Errorf("%s: %.2f", name, ratio)
		}
	}
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	c, err := parseColour(colour)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func TestFonts_haveEveryVietnameseLetter(t *testing.T) {
	letters := []rune("đĐ₫–—“”‘’…·&%/.,:;!?()-+0123456789 ")
	for _, base := range "aăâbcdeêfghijklmnoôơpqrstuưvwxyz" {
		for _, b := range []rune{base, unicode.ToUpper(base)} {
			letters = append(letters, b)
			if !strings.ContainsRune("aăâeêioôơuưy", base) {
				continue
			}
			for _, tone := range "\u0300\u0301\u0303\u0309\u0323" {
				composed := []rune(norm.NFC.String(string(b) + string(tone)))
				if len(composed) != 1 {
					t.Fatalf("%q has no precomposed letter", string(composed))
				}
				letters = append(letters, composed[0])
			}
		}
	}
	for _, w := range []weight{regular, semiBold} {
		for _, letter := range letters {
			r, err := set(string(letter), w)
			if err != nil {
				t.Errorf("weight %d: %v", w, err)
				continue
			}
			if o, err := r.outline(r.glyphs[0], 13); err != nil || len(o) == 0 && letter != ' ' {
				t.Errorf("weight %d: %q has no outline: %v", w, letter, err)
			}
		}
		f, err := faces[w]()
		if err != nil {
			t.Fatal(err)
		}
		em := fixed.Int26_6(f.UnitsPerEm())
		metrics, err := f.Metrics(nil, em, font.HintingNone)
		if got := float64(metrics.CapHeight) / float64(em); err != nil || got != capHeight {
			t.Errorf("weight %d: capitals are %v em high, %v", w, got, err)
		}
	}
}

func TestSet_kerns(t *testing.T) {
	pair, err := set("Tạ", semiBold)
	if err != nil {
		t.Fatal(err)
	}
	t1, _ := set("T", semiBold)
	t2, _ := set("ạ", semiBold)
	if pair.advance >= t1.advance+t2.advance {
		t.Errorf("“Tạ” is %v wide, its letters %v", pair.advance, t1.advance+t2.advance)
	}
}

func FuzzSVG(f *testing.F) {
	f.Add("Hỗ trợ nông dân", "lên sàn thương mại điện tử", "Hỗ trợ", "badge")
	f.Add("a\x00b", "\u0323", "<&\">\x01", "button")
	f.Add("", "\xff", strings.Repeat("Ậ", 99), "")
	f.Fuzz(func(t *testing.T, line1, line2, alt, style string) {
		svg, err := SVG(Texts{Line1: line1, Line2: line2, Figure: line2, Action: line1, Alt: alt}, Options{Style: style})
		if err != nil {
			if !errors.Is(err, referral.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if err := xml.Unmarshal(svg, new(struct{})); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkBadge(b *testing.B) {
	texts := ours(b, "vi", "badge")
	b.Run("svg", func(b *testing.B) {
		for b.Loop() {
			SVG(texts, Options{})
		}
	})
	b.Run("png", func(b *testing.B) {
		for b.Loop() {
			PNG(texts, Options{Scale: 2})
		}
	})
}
