package qr

import "image"

// outline returns the edges of all black areas as closed rings of corners in
// modules, black on the right hand of each edge (y points down), so that outer
// rings and the rings of holes turn in opposite directions and every fill rule
// gives the same picture. No edge runs between two black modules: there is no
// seam for a printer to leave white.
func (d *drawing) outline() [][]image.Point {
	n := d.canvas()
	// leaving[corner] holds the directions of the edges that start there:
	// bit 0 right, 1 down, 2 left, 3 up.
	leaving := make([]uint8, (n+1)*(n+1))
	at := func(x, y int) *uint8 { return &leaving[y*(n+1)+x] }
	for y := 0; y < n; y++ {
		for x := 0; x < n; x++ {
			if !d.black(y, x) {
				continue
			}
			if !d.black(y-1, x) {
				*at(x, y) |= 1 << right
			}
			if !d.black(y, x+1) {
				*at(x+1, y) |= 1 << down
			}
			if !d.black(y+1, x) {
				*at(x+1, y+1) |= 1 << left
			}
			if !d.black(y, x-1) {
				*at(x, y+1) |= 1 << up
			}
		}
	}
	var rings [][]image.Point
	for y := 0; y <= n; y++ {
		for x := 0; x <= n; x++ {
			for *at(x, y) != 0 {
				rings = append(rings, ring(image.Pt(x, y), at))
			}
		}
	}
	return rings
}

const (
	right = iota
	down
	left
	up
)

var steps = [4]image.Point{right: {X: 1}, down: {Y: 1}, left: {X: -1}, up: {Y: -1}}

// ring follows edges from start, the topmost and then leftmost corner that is
// left, back to it and uses them up. Where two black modules meet at a corner
// alone it turns right, which keeps them apart.
func ring(start image.Point, at func(x, y int) *uint8) []image.Point {
	var corners []image.Point
	p, direction := start, up
	if *at(p.X, p.Y)&(1<<right) == 0 {
		direction = left // the corner of a hole, left downwards
	}
	for {
		edges := at(p.X, p.Y)
		next := -1
		for _, turn := range [3]int{1, 0, 3} {
			if candidate := (direction + turn) % 4; *edges&(1<<candidate) != 0 {
				next = candidate
				break
			}
		}
		if next < 0 {
			return corners
		}
		if next != direction {
			corners = append(corners, p)
		}
		*edges &^= 1 << next
		p, direction = p.Add(steps[next]), next
	}
}
