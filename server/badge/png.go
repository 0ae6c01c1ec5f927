package badge

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

func (s *scene) png(scale int) ([]byte, error) {
	img, err := s.rasterise(scale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.DefaultCompression}
	err = encoder.Encode(&b, img)
	return b.Bytes(), err
}

// rasterise draws the scene at scale pixels to a CSS pixel of the page.
func (s *scene) rasterise(scale int) (*image.NRGBA, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, s.shownWidth*scale, s.shownHeight*scale))
	enlarged := float32(s.shownWidth*scale) / float32(s.width)
	ground := layer{s.colours.ground, []outline{roundRect(float64(s.width), float64(s.height), radius)}}
	for _, l := range append([]layer{ground}, s.layers()...) {
		c, err := parseColour(l.colour)
		if err != nil {
			return nil, err
		}
		fill(canvas, c, enlarged, l.shapes...)
	}
	out := image.NewNRGBA(canvas.Rect)
	draw.Draw(out, out.Rect, canvas, image.Point{}, draw.Src)
	return out, nil
}

func fill(canvas draw.Image, c color.Color, scale float32, outlines ...outline) {
	size := canvas.Bounds().Size()
	r := vector.NewRasterizer(size.X, size.Y)
	for _, o := range outlines {
		o.draw(r, scale)
	}
	r.Draw(canvas, canvas.Bounds(), image.NewUniform(c), image.Point{})
}

// roundRect is the outline of the SVG's rect, from 0, 0; with radius 0 corners
// are square.
func roundRect(width, height, radius float64) outline {
	const handle = 0.44771525 // 1 − 4/3·(√2 − 1): how far a quarter circle's control is from its corner
	corner := func(x, y, fromX, fromY, toX, toY float64) edge {
		return edge{kind: sfnt.SegmentOpCubeTo, points: [3]image.Point{
			snap(x+fromX*radius*handle, y+fromY*radius*handle),
			snap(x+toX*radius*handle, y+toY*radius*handle),
			snap(x+toX*radius, y+toY*radius),
		}}
	}
	line := func(x, y float64) edge {
		return edge{kind: sfnt.SegmentOpLineTo, points: [3]image.Point{snap(x, y)}}
	}
	if radius == 0 {
		return polygon(0, 0, width, 0, width, height, 0, height)
	}
	return outline{
		{kind: sfnt.SegmentOpMoveTo, points: [3]image.Point{snap(radius, 0)}},
		line(width-radius, 0), corner(width, 0, -1, 0, 0, 1),
		line(width, height-radius), corner(width, height, 0, -1, -1, 0),
		line(radius, height), corner(0, height, 1, 0, 0, -1),
		line(0, radius), corner(0, 0, 0, 1, 1, 0),
	}
}

// polygon is the outline through points of x and y.
func polygon(points ...float64) outline {
	o := make(outline, 0, len(points)/2)
	for i := 0; i < len(points); i += 2 {
		e := edge{kind: sfnt.SegmentOpLineTo, points: [3]image.Point{snap(points[i], points[i+1])}}
		if i == 0 {
			e.kind = sfnt.SegmentOpMoveTo
		}
		o = append(o, e)
	}
	return o
}

// angleOutline is a "›" of a width and twice that in height, from 0, 0, whose
// strokes are about thick.
func angleOutline(width, thick float64) outline {
	d := thick / math.Sqrt2
	w := width - d/2
	return polygon(0, d, d, 0, d+w, w, d, 2*w, 0, 2*w-d, w, w)
}

// parseColour reads #rrggbb.
func parseColour(s string) (color.RGBA, error) {
	n, err := strconv.ParseUint(s[1:], 16, 24)
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, err
}
