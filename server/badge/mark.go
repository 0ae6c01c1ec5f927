package badge

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"

	"lensan/assets"
)

// A command of path data with its numbers, absolute coordinates.
type command struct {
	letter  byte
	numbers []float64
}

// logo is the seedling of assets/images/logo.svg without its ground: the first
// path, its box, and where its stem meets the ground.
type logo struct {
	commands                 []command
	left, top, right, bottom float64
	footLeft, footRight      float64
}

var theLogo = sync.OnceValues(func() (*logo, error) {
	const path = "images/logo.svg"
	raw, err := assets.Files.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Path struct {
			Data string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l, err := parsePath(file.Path.Data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
})

// operands is how many numbers each path command that a logo may use takes.
var operands = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Z': 0}

// parsePath reads the absolute commands M L H V C Z, in which a command may be
// followed by several sets of numbers.
func parsePath(data string) (*logo, error) {
	l := &logo{}
	for data != "" {
		letter := data[0]
		takes, ok := operands[letter]
		if !ok {
			return nil, fmt.Errorf("path command %q is not one of M L H V C Z", letter)
		}
		end := strings.IndexAny(data[1:], "MLHVCZ") + 1
		if end == 0 {
			end = len(data)
		}
		var numbers []float64
		for _, word := range strings.FieldsFunc(data[1:end], func(r rune) bool { return r == ' ' || r == ',' }) {
			n, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, n)
		}
		if takes == 0 && len(numbers) > 0 || takes > 0 && (len(numbers) == 0 || len(numbers)%takes != 0) {
			return nil, fmt.Errorf("path command %q with %d numbers", letter, len(numbers))
		}
		l.commands = append(l.commands, split(letter, takes, numbers)...)
		data = data[end:]
	}
	l.measure()
	return l, nil
}

func split(letter byte, takes int, numbers []float64) []command {
	if takes == 0 {
		return []command{{letter: letter}}
	}
	var out []command
	for ; len(numbers) > 0; numbers = numbers[takes:] {
		out = append(out, command{letter, numbers[:takes]})
		if letter == 'M' {
			letter = 'L' // what follows a move without a letter
		}
	}
	return out
}

// walk calls visit with each command's points: two for an M or L is one point.
func (l *logo) walk(visit func(kind sfnt.SegmentOp, points [][2]float64)) {
	var x, y float64
	for _, c := range l.commands {
		n := c.numbers
		kind := sfnt.SegmentOp(sfnt.SegmentOpLineTo)
		var points [][2]float64
		switch c.letter {
		case 'Z':
			continue
		case 'H':
			points = [][2]float64{{n[0], y}}
		case 'V':
			points = [][2]float64{{x, n[0]}}
		case 'M':
			kind = sfnt.SegmentOpMoveTo
			points = [][2]float64{{n[0], n[1]}}
		case 'L':
			points = [][2]float64{{n[0], n[1]}}
		case 'C':
			kind = sfnt.SegmentOpCubeTo
			points = [][2]float64{{n[0], n[1]}, {n[2], n[3]}, {n[4], n[5]}}
		}
		visit(kind, points)
		x, y = points[len(points)-1][0], points[len(points)-1][1]
	}
}

func (l *logo) measure() {
	first := true
	l.walk(func(_ sfnt.SegmentOp, points [][2]float64) {
		end := points[len(points)-1]
		if first {
			l.left, l.right, l.top, l.bottom = end[0], end[0], end[1], end[1]
			first = false
		}
		l.left, l.right = min(l.left, end[0]), max(l.right, end[0])
		l.top, l.bottom = min(l.top, end[1]), max(l.bottom, end[1])
	})
	l.footLeft, l.footRight = l.right, l.left
	l.walk(func(_ sfnt.SegmentOp, points [][2]float64) {
		if end := points[len(points)-1]; end[1] == l.bottom {
			l.footLeft, l.footRight = min(l.footLeft, end[0]), max(l.footRight, end[0])
		}
	})
}

// outline returns the mark so that its box fills a height from 0, 0.
func (l *logo) outline(height float64) outline {
	scale := height / (l.bottom - l.top)
	var o outline
	l.walk(func(kind sfnt.SegmentOp, points [][2]float64) {
		e := edge{kind: kind}
		for i, p := range points {
			e.points[i] = snap((p[0]-l.left)*scale, (p[1]-l.top)*scale)
		}
		o = append(o, e)
	})
	return o
}
