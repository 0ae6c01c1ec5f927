package qr

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"math"
)

// writePNG writes the symbol with one bit a pixel, the dots per inch in a pHYs
// chunk. A row that repeats the one above is coded as no difference, so the
// whole picture is never held.
func writePNG(d *drawing) ([]byte, error) {
	side, scale := d.pixels(), d.dots()
	header := binary.BigEndian.AppendUint32(nil, uint32(side))
	header = binary.BigEndian.AppendUint32(header, uint32(side))
	header = append(header, 1, 3, 0, 0, 0) // 1 bit, palette, deflate, no interlace

	perMetre := uint32(math.Round(float64(d.DPI) / 0.0254))
	physical := binary.BigEndian.AppendUint32(nil, perMetre)
	physical = binary.BigEndian.AppendUint32(physical, perMetre)
	physical = append(physical, 1) // metres

	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	const none, asAbove = 0, 2 // PNG's filter types
	line := make([]byte, 1+(side+7)/8)
	same := make([]byte, len(line))
	same[0] = asAbove
	mark := d.logo()
	for row := 0; row < d.canvas(); row++ {
		clear(line)
		line[0] = none
		for column := 0; column < d.canvas(); column++ {
			if d.black(row, column) {
				fillBits(line[1:], column*scale, (column+1)*scale)
			}
		}
		first := line
		if d.underLogo(row, d.canvas()/2) {
			first = d.logoLine(line, mark, row, 0)
		}
		if _, err := z.Write(first); err != nil {
			return nil, err
		}
		below := same
		for i := 1; i < scale; i++ {
			if d.underLogo(row, d.canvas()/2) {
				below = d.logoLine(line, mark, row, i)
			}
			if _, err := z.Write(below); err != nil {
				return nil, err
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}

	file := []byte("\x89PNG\r\n\x1a\n")
	file = appendChunk(file, "IHDR", header)
	file = appendChunk(file, "pHYs", physical)
	file = appendChunk(file, "PLTE", []byte{255, 255, 255, 0, 0, 0}) // 0 white, 1 black
	file = appendChunk(file, "IDAT", rows.Bytes())
	return appendChunk(file, "IEND", nil), nil
}

// logoLine returns the row of pixels i of a row of modules with the logo on it.
func (d *drawing) logoLine(line []byte, mark []point, row, i int) []byte {
	scale := float64(d.dots())
	out := bytes.Clone(line)
	xs := spans(mark, float64(row)+(float64(i)+0.5)/scale)
	for at := 0; at+1 < len(xs); at += 2 {
		fillBits(out[1:], int(math.Round(xs[at]*scale)), int(math.Round(xs[at+1]*scale)))
	}
	return out
}

// fillBits sets the bits from (inclusive) to (exclusive), the highest first.
func fillBits(bits []byte, from, to int) {
	for ; from < to && from%8 != 0; from++ {
		bits[from/8] |= 0x80 >> (from % 8)
	}
	for ; from+8 <= to; from += 8 {
		bits[from/8] = 0xff
	}
	for ; from < to; from++ {
		bits[from/8] |= 0x80 >> (from % 8)
	}
}

func appendChunk(file []byte, kind string, data []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
	start := len(file)
	file = append(append(file, kind...), data...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[start:]))
}

// readPNG decodes the file and brings its canvas of so many modules to the
// scale of a picture: a large one is averaged down, a small one enlarged, as a
// printer does.
func readPNG(file []byte, modules int) (*picture, error) {
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	from, ok := decoded.(*image.Paletted)
	if !ok || len(from.Palette) != 2 {
		return nil, errors.New("the picture is not black and white")
	}
	side := from.Bounds().Dx()
	if side != from.Bounds().Dy() || side%modules != 0 {
		return nil, errors.New("the picture is not square in whole pixels per module")
	}
	var luminance [2]int
	for i, c := range from.Palette {
		r, g, b, _ := c.RGBA()
		luminance[i] = int((r + g + b) / 3 >> 8)
	}
	to := newPicture(modules)
	for y := range to.width {
		top, bottom := span(y, side, to.width)
		for x := range to.width {
			start, end := span(x, side, to.width)
			sum := 0
			for row := top; row < bottom; row++ {
				for _, index := range from.Pix[row*from.Stride+start : row*from.Stride+end] {
					sum += luminance[index&1]
				}
			}
			to.pixels[y*to.width+x] = byte(sum / ((bottom - top) * (end - start)))
		}
	}
	return to, nil
}

// span returns the pixels of a side that pixel i of another side shows: at
// least one.
func span(i, side, other int) (start, end int) {
	start = i * side / other
	return start, max(start+1, (i+1)*side/other)
}
