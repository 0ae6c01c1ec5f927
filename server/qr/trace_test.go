package qr

import (
	"image"
	"testing"
)

func TestTrace(t *testing.T) {
	const text = "HTTPS://LENSAN.GOV.VN/K7Q2PX"
	s, err := Trace(text, "")
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != 2 || s.Size != 25 || s.Level != "Q" || s.LeastSide() != 10 {
		t.Errorf("version %d, %d modules, level %s, least %v mm; want 2, 25, Q, 10", s.Version, s.Size, s.Level, s.LeastSide())
	}
	code, err := encode(text, "Q")
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	for y, row := range code.Bitmap() {
		for x, black := range row {
			if got := inside(s.Rings, image.Pt(x, y)); got != black {
				t.Fatalf("module %d, %d is black: %v, want %v", x, y, got, black)
			}
		}
	}
	if _, err := Trace("", "Q"); err == nil {
		t.Error("nothing is traced")
	}
}

// inside counts the edges to the left of a module's middle: the even-odd rule.
func inside(rings [][]image.Point, module image.Point) bool {
	crossings := 0
	for _, ring := range rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if a.X == b.X && a.X <= module.X && min(a.Y, b.Y) <= module.Y && module.Y < max(a.Y, b.Y) {
				crossings++
			}
		}
	}
	return crossings%2 == 1
}
