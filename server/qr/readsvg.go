package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// svgFile is the part of an SVG that a symbol may consist of.
type svgFile struct {
	Width   string `xml:"width,attr"`
	Height  string `xml:"height,attr"`
	ViewBox string `xml:"viewBox,attr"`
	Rect    struct {
		Width  string `xml:"width,attr"`
		Height string `xml:"height,attr"`
		Fill   string `xml:"fill,attr"`
	} `xml:"rect"`
	Path struct {
		Data string `xml:"d,attr"`
		Fill string `xml:"fill,attr"`
	} `xml:"path"`
}

// readSVG rasterises the file's own geometry, its canvas of so many modules.
func readSVG(file []byte, modules int) (*picture, error) {
	var f svgFile
	if err := xml.NewDecoder(bytes.NewReader(file)).Decode(&f); err != nil {
		return nil, err
	}
	var x, y, width, height int
	if _, err := fmt.Sscanf(f.ViewBox, "%d %d %d %d", &x, &y, &width, &height); err != nil {
		return nil, fmt.Errorf("viewBox %q: %w", f.ViewBox, err)
	}
	side := strconv.Itoa(width)
	switch {
	case x != 0 || y != 0 || width != height || width != modules:
		return nil, fmt.Errorf("viewBox %q is not that of %d modules", f.ViewBox, modules)
	case f.Width != f.Height || !strings.HasSuffix(f.Width, "mm"):
		return nil, fmt.Errorf("size %s × %s is not a square in mm", f.Width, f.Height)
	case f.Rect.Width != side || f.Rect.Height != side || f.Rect.Fill != "#fff":
		return nil, errors.New("the ground is not wholly white")
	case f.Path.Fill != "#000":
		return nil, errors.New("the symbol is not black")
	}
	return fill(f.Path.Data, width)
}

// fill draws a path of the commands M, L, h, v and z in black on a white square
// of side units.
func fill(path string, side int) (*picture, error) {
	p := newPicture(side)
	r := vector.NewRasterizer(p.width, p.width)
	r.DrawOp = draw.Src
	var x, y float64
	s := scanner{rest: path}
	for s.rest != "" && s.err == nil {
		draw, command := r.LineTo, s.command()
		switch command {
		case 'M':
			x, y, draw = s.number(), s.number(), r.MoveTo
		case 'L':
			x, y = s.number(), s.number()
		case 'h':
			x += s.number()
		case 'v':
			y += s.number()
		case 'z':
			r.ClosePath()
			continue
		default:
			return nil, fmt.Errorf("path command %q is not one of ours", command)
		}
		if x < 0 || y < 0 || x > float64(side) || y > float64(side) {
			return nil, fmt.Errorf("the path leaves the canvas at %g %g", x, y)
		}
		if (command == 'h' || command == 'v') && (x != math.Trunc(x) || y != math.Trunc(y)) {
			return nil, fmt.Errorf("path data: an edge at %g %g, between modules", x, y)
		}
		draw(float32(x*modulePixels), float32(y*modulePixels))
	}
	if s.err != nil {
		return nil, s.err
	}
	ink := &image.Alpha{Pix: p.pixels, Stride: p.width, Rect: image.Rect(0, 0, p.width, p.width)}
	r.Draw(ink, ink.Rect, image.Opaque, image.Point{})
	for i, alpha := range ink.Pix {
		p.pixels[i] = 255 - alpha
	}
	return p, nil
}

// A scanner reads path data. After its first error it reads nothing more.
type scanner struct {
	rest string
	err  error
}

func (s *scanner) command() byte {
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c
}

func (s *scanner) number() float64 {
	s.rest = strings.TrimLeft(s.rest, " ")
	end := 0
	for end < len(s.rest) && (s.rest[end] == '-' && end == 0 || s.rest[end] == '.' || s.rest[end] >= '0' && s.rest[end] <= '9') {
		end++
	}
	n, err := strconv.ParseFloat(s.rest[:end], 64)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("path data: %w", err)
	}
	s.rest = s.rest[end:]
	return n
}
