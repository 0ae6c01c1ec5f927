package qr

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// zbar decodes a picture with a decoder that shares no code with ours.
func zbar(t *testing.T, img image.Image) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "symbol.png")
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", "--set", "*.enable=0", "--set", "qr.enable=1", path).Output()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}

// needZbar reports whether zbarimg is there. Where the full tests are asked
// for, its absence is a failure.
func needZbar(t *testing.T) bool {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err == nil {
		return true
	}
	if os.Getenv("LENSAN_TEST_FULL") == "1" {
		t.Fatal("zbarimg is missing: install zbar-tools")
	}
	t.Log("zbarimg is missing: the second decoder was left out")
	return false
}

func TestZbar_readsEveryFormat(t *testing.T) {
	if !needZbar(t) {
		return
	}
	for _, level := range []string{"M", "Q", "H"} {
		for _, text := range []string{address, strings.ToLower(address)} {
			o := Options{Level: level, DPI: 300}
			d, err := layOut(text, PNG, o)
			if err != nil {
				t.Fatal(err)
			}
			for f := range formats {
				p, err := formats[f].read(render(t, text, f, o), d.canvas())
				if err != nil {
					t.Fatal(err)
				}
				if got := zbar(t, p.gray()); got != text {
					t.Errorf("%s at %s: zbarimg reads %q, want %q", f, level, got, text)
				}
			}
			img, err := png.Decode(bytes.NewReader(render(t, text, PNG, o)))
			if err != nil {
				t.Fatal(err)
			}
			if got := zbar(t, img); got != text {
				t.Errorf("PNG itself at %s: zbarimg reads %q, want %q", level, got, text)
			}
		}
	}
}

func TestZbar_readsDamagedPrints(t *testing.T) {
	if !needZbar(t) {
		return
	}
	for _, text := range []string{address, strings.ToLower(address)} {
		file := render(t, text, PNG, Options{Level: "Q", DPI: 300})
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		d, err := layOut(text, PNG, Options{Level: "Q", DPI: 300})
		if err != nil {
			t.Fatal(err)
		}
		module := d.dots()
		for _, c := range []struct {
			name   string
			damage func(*image.Gray) *image.Gray
		}{
			{"none", func(g *image.Gray) *image.Gray { return g }},
			{"blur", func(g *image.Gray) *image.Gray { return blur(g, module/2) }},
			{"10° rotation", func(g *image.Gray) *image.Gray { return rotate(g, 10) }},
			{"15 % covered white", func(g *image.Gray) *image.Gray { return cover(t, g, d, 255) }},
			{"15 % covered black", func(g *image.Gray) *image.Gray { return cover(t, g, d, 0) }},
			{"all at once", func(g *image.Gray) *image.Gray {
				return blur(rotate(cover(t, g, d, 255), 10), module/3)
			}},
		} {
			t.Run(text[:5]+" "+c.name, func(t *testing.T) {
				if got := zbar(t, c.damage(gray(img))); got != text {
					t.Errorf("zbarimg reads %q, want %q", got, text)
				}
			})
		}
	}
}

func (p *picture) gray() *image.Gray {
	return &image.Gray{Pix: p.pixels, Stride: p.width, Rect: image.Rect(0, 0, p.width, p.width)}
}

func gray(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Rect, img, image.Point{}, draw.Src)
	return g
}

// cover lays one patch of ink or paper over 15 % of the symbol's modules, from
// the right edge inwards below the finder pattern. There the codewords lie whole
// under it: level Q restores a quarter of the codewords, whichever they are, and
// a patch that cuts many of them in part, or scattered stains, can spoil more
// than that with the same area.
func cover(t *testing.T, g *image.Gray, d *drawing, ink uint8) *image.Gray {
	t.Helper()
	rows := d.size - 9
	columns := int(math.Ceil(0.15 * float64(d.size*d.size) / float64(rows)))
	if share := float64(rows*columns) / float64(d.size*d.size); share < 0.15 {
		t.Fatalf("only %.3f covered", share)
	}
	scale, end := d.dots(), (d.Quiet+d.size)*d.dots()
	patch := image.Rect(end-columns*scale, end-rows*scale, end, end)
	draw.Draw(g, patch, image.NewUniform(color.Gray{Y: ink}), image.Point{}, draw.Src)
	return g
}

// rotate turns a picture on white paper large enough for it.
func rotate(g *image.Gray, degrees float64) *image.Gray {
	side := g.Rect.Dx()
	out := image.NewGray(image.Rect(0, 0, side*3/2, side*3/2))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	from, to := float64(side)/2, float64(out.Rect.Dx())/2
	xdraw.BiLinear.Transform(out, f64.Aff3{
		cos, -sin, to - cos*from + sin*from,
		sin, cos, to - sin*from - cos*from,
	}, g, g.Rect, draw.Over, nil)
	return out
}

// blur averages over a square of 2·radius+1 pixels, twice.
func blur(g *image.Gray, radius int) *image.Gray {
	for range 2 {
		g = blurRows(blurRows(g, radius), radius) // each pass swaps the axes
	}
	return g
}

func blurRows(g *image.Gray, radius int) *image.Gray {
	width, height := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, height, width))
	for y := range height {
		for x := range width {
			sum := 0
			for i := x - radius; i <= x+radius; i++ {
				sum += int(g.GrayAt(min(max(i, 0), width-1), y).Y)
			}
			out.SetGray(y, x, color.Gray{Y: uint8(sum / (2*radius + 1))})
		}
	}
	return out
}
