package qr

import (
	"bytes"
	"fmt"
	"strconv"
)

// writeSVG writes the symbol as one path in whole modules on a white ground,
// its size in millimetres.
func writeSVG(d *drawing) ([]byte, error) {
	n := d.canvas()
	side := millimetres(d.module() * float64(n))
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %d %d" shape-rendering="crispEdges">`,
		side, side, n, n)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, n, n)
	for _, corners := range d.outline() {
		fmt.Fprintf(&b, "M%d %d", corners[0].X, corners[0].Y)
		for i := 1; i < len(corners); i++ {
			if dx := corners[i].X - corners[i-1].X; dx != 0 {
				fmt.Fprintf(&b, "h%d", dx)
			} else {
				fmt.Fprintf(&b, "v%d", corners[i].Y-corners[i-1].Y)
			}
		}
		b.WriteByte('z')
	}
	for i, c := range d.logo() {
		fmt.Fprintf(&b, "%c%s %s", "ML"[min(i, 1)], short(c.x), short(c.y))
	}
	if d.Logo {
		b.WriteByte('z')
	}
	b.WriteString("\"/></svg>\n")
	return b.Bytes(), nil
}

// millimetres writes a length to a thousandth, without trailing zeros.
func millimetres(mm float64) string {
	s := strconv.FormatFloat(mm, 'f', 3, 64)
	return string(bytes.TrimRight(bytes.TrimRight([]byte(s), "0"), "."))
}
