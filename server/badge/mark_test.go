package badge

import "testing"

func TestParsePath(t *testing.T) {
	l, err := parsePath("M1 2 3 4H5V6C7 8 9 10 11,12Z")
	if err != nil {
		t.Fatal(err)
	}
	if l.left != 1 || l.top != 2 || l.right != 11 || l.bottom != 12 || len(l.commands) != 6 {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{"m1 2", "M1", "M1 x", "M1 2A3 4 5 6 7 8 9", "M1 2H", "M1 2Z3", "1 2"} {
		if _, err := parsePath(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestLogo_isSquareEnough(t *testing.T) {
	l, err := theLogo()
	if err != nil {
		t.Fatal(err)
	}
	width, height := l.right-l.left, l.bottom-l.top
	if ratio := width / height; ratio < 0.8 || ratio > 1.25 {
		t.Errorf("%v × %v does not suit the badge's place for it", width, height)
	}
}
