package pdf

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	subsetter "github.com/tdewolff/font"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"lensan/assets"
)

// Weight is one of the weights of Be Vietnam Pro.
type Weight int

// The weights.
const (
	Regular Weight = iota
	SemiBold
	weights = iota
)

var fontFiles = [weights]string{Regular: "fonts/BeVietnamPro-Regular.ttf", SemiBold: "fonts/BeVietnamPro-SemiBold.ttf"}

// Fonts are the faces of one document, with the glyphs that it uses. It is for
// one goroutine.
type Fonts struct{ Faces [weights]*Face }

// A Face is one weight of the type.
type Face struct {
	raw    []byte
	font   *sfnt.Font
	buffer sfnt.Buffer
	em     float64
	glyphs map[rune]Glyph
	kerns  map[[2]sfnt.GlyphIndex]float64
	used   map[sfnt.GlyphIndex]rune
}

// A Glyph is a sign of a face.
type Glyph struct {
	Index   sfnt.GlyphIndex // 0: the font lacks it
	Advance float64         // in em
	// What it blackens, in em: from Left to Right of where it begins, and above
	// and below the baseline.
	Left, Right, Above, Below float64
}

// OpenFonts returns the faces, without a glyph used.
func OpenFonts() (*Fonts, error) {
	f := &Fonts{}
	for i, path := range fontFiles {
		raw, err := assets.Files.ReadFile(path)
		if err != nil {
			return nil, err
		}
		parsed, err := sfnt.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		f.Faces[i] = &Face{raw: raw, font: parsed, em: float64(parsed.UnitsPerEm()), glyphs: map[rune]Glyph{},
			kerns: map[[2]sfnt.GlyphIndex]float64{}, used: map[sfnt.GlyphIndex]rune{}}
	}
	return f, nil
}

// Missing returns the first sign of s that the fonts have no glyph for.
func (f *Fonts) Missing(s string) (sign rune, found bool) {
	for _, r := range s {
		for _, face := range f.Faces {
			if face.Glyph(r).Index == 0 {
				return r, true
			}
		}
	}
	return 0, false
}

// Glyph returns what a sign looks like.
func (f *Face) Glyph(r rune) Glyph {
	g, known := f.glyphs[r]
	if known {
		return g
	}
	if index, err := f.font.GlyphIndex(&f.buffer, r); err == nil {
		g.Index = index
	}
	if advance, err := f.font.GlyphAdvance(&f.buffer, g.Index, f.units(), font.HintingNone); err == nil {
		g.Advance = float64(advance) / f.em
	}
	if box, _, err := f.font.GlyphBounds(&f.buffer, g.Index, f.units(), font.HintingNone); err == nil {
		em := func(n fixed.Int26_6) float64 { return float64(n) / f.em }
		g.Left, g.Right, g.Above, g.Below = em(box.Min.X), em(box.Max.X), -em(box.Min.Y), em(box.Max.Y)
	}
	f.glyphs[r] = g
	return g
}

// units is a size at which lengths are in units of the font.
func (f *Face) units() fixed.Int26_6 { return fixed.Int26_6(f.font.UnitsPerEm()) }

// Kern returns what two neighbours move together, in em.
func (f *Face) Kern(left, right sfnt.GlyphIndex) float64 {
	pair := [2]sfnt.GlyphIndex{left, right}
	k, known := f.kerns[pair]
	if !known {
		if units, err := f.font.Kern(&f.buffer, left, right, f.units(), font.HintingNone); err == nil {
			k = float64(units) / f.em
		}
		f.kerns[pair] = k
	}
	return k
}

// Width returns the width of a text in em.
func (f *Face) Width(text string) (em float64) {
	f.Walk(text, func(g Glyph, kern float64) { em += kern + g.Advance })
	return em
}

// Walk visits the glyphs of a text, each with what it moves to the one before, in em.
func (f *Face) Walk(text string, visit func(g Glyph, kern float64)) {
	var before sfnt.GlyphIndex
	for i, r := range text {
		g := f.Glyph(r)
		kern := 0.0
		if i > 0 {
			kern = f.Kern(before, g.Index)
		}
		visit(g, kern)
		before = g.Index
	}
}

// Show returns the operand of PDF's TJ for a text and keeps its glyphs.
func (f *Face) Show(text string) string {
	for _, r := range text {
		f.used[f.Glyph(r).Index] = r
	}
	var b strings.Builder
	b.WriteString("[<")
	f.Walk(text, func(g Glyph, kern float64) {
		if kern != 0 {
			fmt.Fprintf(&b, ">%.0f<", -1000*kern)
		}
		fmt.Fprintf(&b, "%04X", uint16(g.Index))
	})
	b.WriteString(">]")
	return b.String()
}

// write embeds the glyphs used.
func (f *Fonts) write(p *Writer) error {
	for i, face := range f.Faces {
		if err := face.write(p, firstFontObject+i); err != nil {
			return fmt.Errorf("embed %s: %w", fontFiles[i], err)
		}
	}
	return nil
}

func (f *Face) write(p *Writer, number int) error {
	// Subsetting changes its font, so each document parses one of its own.
	whole, err := subsetter.ParseSFNT(f.raw, 0)
	if err != nil {
		return err
	}
	name, err := f.font.Name(&f.buffer, sfnt.NameIDPostScript)
	if err != nil {
		return err
	}
	scale := 1000 / f.em
	bounds := [4]int16{whole.Head.XMin, whole.Head.YMin, whole.Head.XMax, whole.Head.YMax}
	ascent, descent, capitals := whole.Hhea.Ascender, whole.Hhea.Descender, whole.OS2.SCapHeight
	indexes := slices.Sorted(maps.Keys(f.used))
	kept := []uint16{0}
	for _, index := range indexes {
		if index != 0 {
			kept = append(kept, uint16(index))
		}
	}
	ids := slices.Clone(kept)
	subset, err := whole.Subset(ids, subsetter.SubsetOptions{Tables: f.tables(whole)})
	if err != nil {
		return err
	}
	program, toUnicode, toGlyph, descriptor := p.Next(), p.Next(), p.Next(), p.Next()
	file := subset.Write()
	undate(file)
	p.Stream(program, fmt.Sprintf("/Length1 %d", len(file)), file)
	p.Stream(toUnicode, "", f.unicodeMap(kept))
	p.Stream(toGlyph, "", glyphMap(kept))
	tagged := tag(kept) + "+" + strings.ReplaceAll(name, " ", "")
	p.Object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%.0f %.0f %.0f %.0f]/ItalicAngle 0/Ascent %.0f/Descent %.0f/CapHeight %.0f/StemV 80/FontFile2 %d 0 R>>",
		tagged, float64(bounds[0])*scale, float64(bounds[1])*scale, float64(bounds[2])*scale, float64(bounds[3])*scale,
		float64(ascent)*scale, float64(descent)*scale, float64(capitals)*scale, program))
	p.Object(number, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/ToUnicode %d 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap %d 0 R/DW 0/W[%s]>>]>>",
		tagged, toUnicode, tagged, descriptor, toGlyph, f.widths(kept)))
	return p.err
}

// tables are those that ISO 32000-1, 9.9 asks of an embedded TrueType font.
func (f *Face) tables(whole *subsetter.SFNT) []string {
	tables := []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"}
	for _, optional := range []string{"cvt ", "fpgm", "prep"} {
		if _, ok := whole.Tables[optional]; ok {
			tables = append(tables, optional)
		}
	}
	return tables
}

func (f *Face) widths(kept []uint16) string {
	var b strings.Builder
	for _, id := range kept {
		advance, err := f.font.GlyphAdvance(&f.buffer, sfnt.GlyphIndex(id), f.units(), font.HintingNone)
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, "%d[%.0f]", id, float64(advance)/f.em*1000)
	}
	return b.String()
}

// unicodeMap lets a reader copy and search the text.
func (f *Face) unicodeMap(kept []uint16) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def" +
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for some := range slices.Chunk(kept[1:], 100) { // at most 100 in a block
		fmt.Fprintf(&b, "%d beginbfchar\n", len(some))
		for _, id := range some {
			fmt.Fprintf(&b, "<%04X>%s\n", id, strings.Replace(utf16Text(string(f.used[sfnt.GlyphIndex(id)])), "FEFF", "", 1))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end")
	return []byte(b.String())
}

// glyphMap leads from the whole font's glyphs to the subset's.
func glyphMap(kept []uint16) []byte {
	m := make([]byte, 2*(int(kept[len(kept)-1])+1))
	for subset, id := range kept {
		binary.BigEndian.PutUint16(m[2*id:], uint16(subset))
	}
	return m
}

// tag is six capitals that tell subsets of one font apart.
func tag(kept []uint16) string {
	h := fnv.New64a()
	for _, id := range kept {
		h.Write([]byte{byte(id >> 8), byte(id)})
	}
	sum := h.Sum64()
	var b [6]byte
	for i := range b {
		b[i] = 'A' + byte(sum%26)
		sum /= 26
	}
	return string(b[:])
}
