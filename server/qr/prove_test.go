package qr

import (
	"bytes"
	"strings"
	"testing"
)

func TestProve_findsTampering(t *testing.T) {
	d, err := layOut(address, SVG, Options{})
	if err != nil {
		t.Fatal(err)
	}
	svg := string(render(t, address, SVG, Options{}))
	other := string(render(t, "HTTPS://LENSAN.GOV.VN/K7Q2PY", SVG, Options{}))
	tight := strings.NewReplacer(`0 0 33 33`, `0 0 29 29`, `width="33" height="33"`, `width="29" height="29"`).Replace(svg)
	for _, c := range []struct{ name, file, want string }{
		{"untouched", svg, ""},
		{"one module lost", strings.Replace(svg, "M13 4h1v1h-1z", "", 1), "row 4, column 13"},
		{"one module of a path moved", strings.Replace(svg, "M13 4h1v1h-1z", "M12 4h1v1h-1z", 1), "row 4, column 12"},
		{"a hole filled", strings.Replace(svg, "M5 5v5h5v-5z", "", 1), "row 5, column 5"},
		{"path cut short", svg[:len(svg)/2] + `"/></svg>`, "wrong"},
		{"another address", other, "wrong"},
		{"quiet zone cut", tight, "viewBox"},
		{"path off the canvas", strings.Replace(svg, "M13 4h1", "M33 4h1", 1), "leaves the canvas"},
		{"half a unit", strings.Replace(svg, "M13 4h1", "M13.5 4h1", 1), "path data"},
		{"no ground", strings.Replace(svg, "<rect", "<g", 1), "ground"},
		{"white on white", strings.Replace(svg, `"#000"`, `"#fff"`, 1), "not black"},
		{"nothing", "", "read back"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := d.prove(SVG, []byte(c.file))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestProve_findsTamperedPNG(t *testing.T) {
	d, err := layOut(address, PNG, Options{})
	if err != nil {
		t.Fatal(err)
	}
	d.modules[12][12] = !d.modules[12][12]
	file, err := writePNG(d)
	if err != nil {
		t.Fatal(err)
	}
	d.modules[12][12] = !d.modules[12][12]
	if err := d.prove(PNG, file); err == nil || !strings.Contains(err.Error(), "row 16, column 16") {
		t.Errorf("a wrong module: %v", err)
	}
	if err := d.prove(PNG, file[:len(file)-20]); err == nil {
		t.Error("a file cut short is taken")
	}
	if err := d.prove(PNG, bytes.Replace(file, []byte{255, 255, 255, 0, 0, 0}, []byte{255, 255, 255, 255, 255, 255}, 1)); err == nil {
		t.Error("a palette without black is taken")
	}
}

// The modules agree with the drawing here: only the decoder can find this one.
func TestProve_decodes(t *testing.T) {
	for _, f := range []Format{SVG, PNG} {
		d, err := layOut(address, f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for row := 9; row < 25; row++ {
			clear(d.modules[row][9:])
		}
		file, err := formats[f].write(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.prove(f, file); err == nil || !strings.Contains(err.Error(), "decode") {
			t.Errorf("%s: %v", f, err)
		}
		d.text = "HTTPS://LENSAN.GOV.VN/K7Q2PY"
	}
	d, _ := layOut(address, SVG, Options{})
	file, _ := writeSVG(d)
	d.text = "HTTPS://LENSAN.GOV.VN/K7Q2PY"
	if err := d.prove(SVG, file); err == nil || !strings.Contains(err.Error(), "decodes to") {
		t.Errorf("another text: %v", err)
	}
}

func TestOutline_hasNoSeams(t *testing.T) {
	d, err := layOut(strings.ToLower(address), SVG, Options{})
	if err != nil {
		t.Fatal(err)
	}
	black, area, edges, length := 0, 0, 0, 0
	for row := range d.canvas() {
		for column := range d.canvas() {
			if d.black(row, column) {
				black++
			}
			if d.black(row, column) != d.black(row, column-1) {
				edges++
			}
			if d.black(row, column) != d.black(row-1, column) {
				edges++
			}
		}
	}
	for _, corners := range d.outline() {
		for i, p := range corners {
			q := corners[(i+1)%len(corners)]
			if (p.X == q.X) == (p.Y == q.Y) {
				t.Fatalf("edge %v to %v is not straight", p, q)
			}
			area += p.X*q.Y - q.X*p.Y
			length += max(p.X-q.X, q.X-p.X) + max(p.Y-q.Y, q.Y-p.Y)
		}
	}
	if area/2 != black || length != edges {
		t.Errorf("area %d of %d modules, edges of %d where colours meet on %d", area/2, black, length, edges)
	}
}
