package qr

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lensan/server/testkit"
)

// printers rasterise a file as programs do that share no code with ours.
var printers = map[Format]struct {
	tool string
	args func(in, out string) []string
}{
	SVG: {"rsvg-convert", func(in, out string) []string { return []string{"-d", "300", "-p", "300", "-o", out + ".png", in} }},
	PDF: {"pdftoppm", func(in, out string) []string { return []string{"-png", "-r", "300", "-singlefile", in, out} }},
	EPS: {"gs", func(in, out string) []string {
		return []string{"-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop", "-sDEVICE=pnggray", "-r300", "-sOutputFile=" + out + ".png", in}
	}},
}

// rasterise returns nil if the tool is not there and need not be.
func rasterise(t *testing.T, f Format, file []byte) image.Image {
	t.Helper()
	printer := printers[f]
	if !testkit.Has(t, printer.tool) {
		return nil
	}
	folder := t.TempDir()
	in, out := filepath.Join(folder, "in."+string(f)), filepath.Join(folder, "out")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(printer.tool, printer.args(in, out)...).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Fatalf("%s: %v: %s", printer.tool, err, said)
	}
	raw, err := os.ReadFile(out + ".png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Every format, drawn by another program at its size in millimetres, is read by
// another decoder.
func TestFiles_inOtherPrograms(t *testing.T) {
	if !testkit.Has(t, "zbarimg") {
		return
	}
	for _, o := range []Options{{}, {Level: "M", Millimetres: 20}, {Logo: true, Millimetres: 40}, {Level: "H", Quiet: 8}} {
		d, err := layOut(address, SVG, o)
		if err != nil {
			t.Fatal(err)
		}
		side := d.module() * float64(d.canvas()) * 300 / 25.4
		for f := range printers {
			img := rasterise(t, f, render(t, address, f, o))
			if img == nil {
				continue
			}
			if got := float64(img.Bounds().Dx()); got < side-1.5 || got > side+1.5 {
				t.Errorf("%s %+v: %v pixels at 300 dpi, want %.1f", f, o, got, side)
			}
			if got := zbar(t, img); got != address {
				t.Errorf("%s %+v: zbarimg reads %q", f, o, got)
			}
		}
	}
}

func TestLogo(t *testing.T) {
	for _, size := range []int{21, 25, 29, 33, 37, 41} {
		side := logoSide(size)
		if side%2 == 0 || side < 3 || float64(side*side) > logoShare*float64(size*size) {
			t.Errorf("in %d modules the logo takes %d", size, side)
		}
		if first := (size - side) / 2; size > 21 && first+side > size-9 || first < 9 {
			t.Errorf("in %d modules the logo touches a finder or alignment pattern", size)
		}
	}
	d, err := layOut(address, SVG, Options{Logo: true, Level: "M"})
	if err != nil || d.Level != "H" {
		t.Fatalf("the level is %s, %v", d.Level, err)
	}
	_, err = Render("HTTPS://"+strings.Repeat("A", 80)+".VN/K7Q2PX", SVG, Options{Logo: true, Millimetres: 100})
	if err == nil || !strings.Contains(err.Error(), "/logo") {
		t.Errorf("a logo on an alignment pattern: %v", err)
	}
}
