package badge

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
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

// rasterise draws the scene at scale pixels to a CSS pixel.
func (s *scene) rasterise(scale int) (*image.NRGBA, error) {
	ground, err := parseColour(s.colours.ground)
	if err != nil {
		return nil, err
	}
	ink, err := parseColour(s.colours.ink)
	if err != nil {
		return nil, err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, s.width*scale, s.height*scale))
	fill(canvas, ground, scale, roundRect(float64(s.width), float64(s.height), s.radius))
	fill(canvas, ink, scale, s.ink...)
	out := image.NewNRGBA(canvas.Rect)
	draw.Draw(out, out.Rect, canvas, image.Point{}, draw.Src)
	return out, nil
}

func fill(canvas draw.Image, c color.Color, scale int, outlines ...outline) {
	size := canvas.Bounds().Size()
	r := vector.NewRasterizer(size.X, size.Y)
	for _, o := range outlines {
		o.draw(r, float32(scale))
	}
	r.Draw(canvas, canvas.Bounds(), image.NewUniform(c), image.Point{})
}

// roundRect is the outline of the SVG's rect.
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
	return outline{
		{kind: sfnt.SegmentOpMoveTo, points: [3]image.Point{snap(radius, 0)}},
		line(width-radius, 0), corner(width, 0, -1, 0, 0, 1),
		line(width, height-radius), corner(width, height, 0, -1, -1, 0),
		line(radius, height), corner(0, height, 1, 0, 0, -1),
		line(0, radius), corner(0, 0, 0, 1, 1, 0),
	}
}

// parseColour reads #rrggbb.
func parseColour(s string) (color.RGBA, error) {
	n, err := strconv.ParseUint(s[1:], 16, 24)
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, err
}
