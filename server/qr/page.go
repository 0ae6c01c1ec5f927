package qr

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// perMillimetre is points (1/72 inch) a millimetre, the unit of PDF and EPS.
const perMillimetre = 72 / 25.4

// appendPath writes the symbol as one path in modules, y down, in the operators
// that PDF has and that the EPS defines alike.
func (d *drawing) appendPath(b *bytes.Buffer) {
	for _, corners := range d.outline() {
		for i, c := range corners {
			fmt.Fprintf(b, "%d %d %c\n", c.X, c.Y, "ml"[min(i, 1)])
		}
		b.WriteString("h\n")
	}
	for i, c := range d.logo() {
		fmt.Fprintf(b, "%s %s %c\n", short(c.x), short(c.y), "ml"[min(i, 1)])
	}
	if d.Logo {
		b.WriteString("h\n")
	}
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func points(mm float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(mm*perMillimetre, 'f', 4, 64), "0"), ".")
}

// writePDF writes one page (PDF 1.4) as large as the symbol with its quiet zone:
// white ground, one path in black of one ink, no font.
func writePDF(d *drawing) ([]byte, error) {
	n := d.canvas()
	side := points(d.module() * float64(n))
	var path bytes.Buffer
	scale := strconv.FormatFloat(d.module()*perMillimetre, 'f', 6, 64)
	fmt.Fprintf(&path, "%s 0 0 -%s 0 %s cm\n1 g\n0 0 %d %d re\nf\n0 g\n", scale, scale, side, n, n)
	d.appendPath(&path)
	path.WriteString("f\n")
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(path.Bytes()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Resources<<>>/Contents 4 0 R>>", side, side))
	object(fmt.Sprintf("<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream", packed.Len(), packed.Bytes()))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes(), nil
}

// readPDF rasterises what writePDF writes.
func readPDF(file []byte, modules int) (*picture, error) {
	_, rest, found := bytes.Cut(file, []byte("stream\n"))
	packed, _, ended := bytes.Cut(rest, []byte("\nendstream"))
	if !found || !ended {
		return nil, errors.New("no content stream")
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(z, 8<<20))
	if err != nil {
		return nil, err
	}
	var a, b, c, e, tx, ty float64
	var width, height int
	head, path, found := strings.Cut(string(content), "\nf\n0 g\n")
	if !found {
		return nil, errors.New("the ground is not painted first")
	}
	if _, err := fmt.Sscanf(head, "%f %f %f %f %f %f cm\n1 g\n0 0 %d %d re", &a, &b, &c, &e, &tx, &ty, &width, &height); err != nil {
		return nil, fmt.Errorf("head of the content: %w", err)
	}
	if a <= 0 || e != -a || b != 0 || c != 0 || tx != 0 || width != modules || height != modules {
		return nil, fmt.Errorf("the canvas is not one of %d modules: %q", modules, head)
	}
	var side, high float64
	if _, box, found := bytes.Cut(file, []byte("/MediaBox[0 0 ")); !found {
		return nil, errors.New("no MediaBox")
	} else if _, err := fmt.Sscanf(string(box), "%f %f]", &side, &high); err != nil {
		return nil, fmt.Errorf("MediaBox: %w", err)
	}
	if diff := side - a*float64(modules); side != high || side != ty || diff > 0.01 || diff < -0.01 {
		return nil, fmt.Errorf("the page is %g × %g points, the canvas %g", side, high, a*float64(modules))
	}
	return fill(svgPath(path, "f"), modules)
}

// writeEPS writes the same as encapsulated PostScript (EPSF-3.0, level 2).
func writeEPS(d *drawing) ([]byte, error) {
	n := d.canvas()
	mm := d.module() * float64(n)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%!PS-Adobe-3.0 EPSF-3.0\n%%%%BoundingBox: 0 0 %d %d\n%%%%HiResBoundingBox: 0 0 %s %s\n%%%%LanguageLevel: 2\n%%%%Pages: 1\n%%%%EndComments\n%%%%Page: 1 1\n",
		ceil(mm*perMillimetre), ceil(mm*perMillimetre), points(mm), points(mm))
	scale := strconv.FormatFloat(d.module()*perMillimetre, 'f', 6, 64)
	fmt.Fprintf(&b, "gsave\n/m {moveto} bind def /l {lineto} bind def /h {closepath} bind def\n0 %s translate %s -%s scale\n1 setgray 0 0 %d %d rectfill\n0 setgray newpath\n",
		points(mm), scale, scale, n, n)
	d.appendPath(&b)
	b.WriteString("fill\ngrestore\n%%EOF\n")
	return b.Bytes(), nil
}

func ceil(v float64) int {
	n := int(v)
	if float64(n) < v-1e-6 {
		n++
	}
	return n
}

// readEPS rasterises what writeEPS writes.
func readEPS(file []byte, modules int) (*picture, error) {
	head, path, found := strings.Cut(string(file), "\n0 setgray newpath\n")
	if !found || !strings.HasPrefix(head, "%!PS-Adobe-3.0 EPSF-3.0\n") {
		return nil, errors.New("no path after its head")
	}
	if want := fmt.Sprintf("\n1 setgray 0 0 %d %d rectfill", modules, modules); !strings.HasSuffix(head, want) {
		return nil, errors.New("the ground is not wholly white")
	}
	return fill(svgPath(path, "fill"), modules)
}

// svgPath turns "x y m" into "Mx y" and so on up to the operator that paints.
func svgPath(path, paint string) string {
	var b strings.Builder
	for line := range strings.Lines(path) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == paint:
			return b.String()
		case line == "h":
			b.WriteByte('z')
		case strings.HasSuffix(line, " m"):
			b.WriteString("M" + strings.TrimSuffix(line, " m"))
		case strings.HasSuffix(line, " l"):
			b.WriteString("L" + strings.TrimSuffix(line, " l"))
		default:
			b.WriteByte('?') // fill refuses it
		}
	}
	return b.String() + "?"
}
