package qr

import (
	"errors"
	"fmt"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// A picture is a file as a printer would lay it down: luminance, 0 is black.
type picture struct {
	pixels []byte // width × width
	width  int    // modulePixels for each module of the canvas
}

// modulePixels is a module's side in a picture: enough for a decoder, and the
// largest symbol stays below 3 MB.
const modulePixels = 8

func newPicture(modules int) *picture {
	width := modules * modulePixels
	return &picture{make([]byte, width*width), width}
}

// prove reads a file back and returns nil if it shows every module of the
// drawing, its quiet zone included, and decodes to its text.
func (d *drawing) prove(f Format, file []byte) error {
	p, err := formats[f].read(file, d.canvas())
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if err := d.compare(p); err != nil {
		return err
	}
	text, err := p.decode()
	if err != nil {
		return fmt.Errorf("does not decode: %w", err)
	}
	if text != d.text {
		return fmt.Errorf("decodes to %q", text)
	}
	return nil
}

// compare finds the damage that error correction would hide.
func (d *drawing) compare(p *picture) error {
	n := d.canvas()
	for row := 0; row < n; row++ {
		for column := 0; column < n; column++ {
			if d.underLogo(row, column) {
				continue
			}
			x, y := column*modulePixels+modulePixels/2, row*modulePixels+modulePixels/2
			if black := p.pixels[y*p.width+x] < 128; black != d.black(row, column) {
				return fmt.Errorf("module in row %d, column %d is wrong", row, column)
			}
		}
	}
	return nil
}

// decode looks for the symbol as a camera does. That one takes other modules
// for a finder pattern in one sound symbol of 200, so a second look knows that
// the picture holds nothing else.
func (p *picture) decode() (string, error) {
	var failures []error
	for _, hint := range []gozxing.DecodeHintType{gozxing.DecodeHintType_OTHER, gozxing.DecodeHintType_PURE_BARCODE} {
		source, err := gozxing.NewPlanarYUVLuminanceSource(p.pixels, p.width, p.width, 0, 0, p.width, p.width, false)
		if err != nil {
			return "", err
		}
		bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
		if err != nil {
			return "", err
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
			hint:                                 true,
			gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		})
		if err == nil {
			return result.GetText(), nil
		}
		failures = append(failures, err)
	}
	return "", errors.Join(failures...)
}
