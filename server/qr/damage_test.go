package qr

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lensan/server/testkit"
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

func TestZbar_readsEveryFormat(t *testing.T) {
	if !testkit.Has(t, "zbarimg") {
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

func (p *picture) gray() *image.Gray {
	return &image.Gray{Pix: p.pixels, Stride: p.width, Rect: image.Rect(0, 0, p.width, p.width)}
}

func gray(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Rect, img, image.Point{}, draw.Src)
	return g
}
