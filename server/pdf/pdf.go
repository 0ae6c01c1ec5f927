// Package pdf writes PDF as it comes, page by page, with Be Vietnam Pro and the
// mark. It knows nothing of what stands on the pages.
package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
)

// PointsPerMillimetre turns mm into the unit of PDF.
const PointsPerMillimetre = 72 / 25.4

// Objects with a number of their own; the others are numbered as they come.
const (
	catalogObject = 1 + iota
	pagesObject
	infoObject
	MarkObject
	firstFontObject
	lastFixedObject = firstFontObject + weights - 1
)

// A Writer writes a document of PDF 1.7 (ISO 32000-1) object by object: a page
// leaves when it is finished, and only fonts and lists wait for the end. Its
// memory grows by some 30 bytes a page. After an error it writes nothing.
type Writer struct {
	w       io.Writer
	err     error
	at      int64
	offsets []int64 // of objects 1, 2, …
	pages   []int
	packed  bytes.Buffer
	flate   *zlib.Writer
}

// New returns a Writer of a document without pages.
func New(w io.Writer) *Writer {
	p := &Writer{w: w, offsets: make([]int64, lastFixedObject)}
	p.flate = zlib.NewWriter(&p.packed)
	p.write("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return p
}

// Err returns the first error, nil if there was none.
func (p *Writer) Err() error { return p.err }

func (p *Writer) write(s string) {
	if p.err != nil {
		return
	}
	var n int
	n, p.err = io.WriteString(p.w, s)
	p.at += int64(n)
}

// Next returns the number of a new object.
func (p *Writer) Next() int {
	p.offsets = append(p.offsets, 0)
	return len(p.offsets)
}

// Object writes an object that Next gave a number.
func (p *Writer) Object(number int, body string) {
	p.offsets[number-1] = p.at
	p.write(fmt.Sprintf("%d 0 obj\n%s\nendobj\n", number, body))
}

// Stream writes a compressed stream whose dictionary has further entries.
func (p *Writer) Stream(number int, entries string, content []byte) {
	p.packed.Reset()
	p.flate.Reset(&p.packed)
	_, err := p.flate.Write(content)
	if err = firstError(err, p.flate.Close()); err != nil {
		p.err = firstError(p.err, err)
		return
	}
	p.Object(number, fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", entries, p.packed.Len(), p.packed.Bytes()))
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// Boxes are the paper of a page, what may be printed on, and what is left when
// it is cut: left, lower, right and upper edge in mm.
type Boxes struct{ Media, Bleed, Trim [4]float64 }

// Page writes a finished page. XObjects are names with their objects.
func (p *Writer) Page(b Boxes, content []byte, xObjects map[string]int) {
	contents := p.Next()
	p.Stream(contents, "", content)
	var resources strings.Builder
	for i := range weights {
		fmt.Fprintf(&resources, "/F%d %d 0 R", i, firstFontObject+i)
	}
	resources.WriteString(">>/XObject<<")
	for _, name := range sortedKeys(xObjects) {
		fmt.Fprintf(&resources, "/%s %d 0 R", name, xObjects[name])
	}
	page := p.Next()
	p.Object(page, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox%s/BleedBox%s/TrimBox%s/Resources<</Font<<%s>>>>/Contents %d 0 R>>",
		pagesObject, box(b.Media), box(b.Bleed), box(b.Trim), resources.String(), contents))
	p.pages = append(p.pages, page)
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// box writes a rectangle of mm.
func box(corners [4]float64) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, c := range corners {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.3f", c*PointsPerMillimetre)
	}
	return b.String() + "]"
}

// Close writes what only the end knows.
func (p *Writer) Close(fonts *Fonts, title, lang string) error {
	if err := fonts.write(p); err != nil {
		return err
	}
	p.Object(catalogObject, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>>>", pagesObject, lang))
	p.Object(infoObject, fmt.Sprintf("<</Title%s/Producer%s>>", utf16Text(title), utf16Text("Lên Sàn")))
	var kids strings.Builder
	for _, page := range p.pages {
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	p.Object(pagesObject, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(p.pages), kids.String()))
	start := p.at
	p.write(fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1))
	for _, offset := range p.offsets {
		p.write(fmt.Sprintf("%010d 00000 n \n", offset))
	}
	p.write(fmt.Sprintf("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+1, catalogObject, infoObject, start))
	return p.err
}

func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String() + ">"
}
