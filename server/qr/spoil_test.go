package qr

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"

	xdraw "golang.org/x/image/draw"
)

// A spoiler damages a picture of paper. It draws chance from nothing but r, so
// that two pictures of one size suffer the same.
type spoiler func(g *image.Gray, r *rand.Rand) *image.Gray

// blur averages over a square of 2·radius+1 pixels, twice.
func blur(radius int) spoiler {
	return func(g *image.Gray, _ *rand.Rand) *image.Gray {
		for range 4 { // each pass swaps the axes
			g = blurRows(g, radius)
		}
		return g
	}
}

func blurRows(g *image.Gray, radius int) *image.Gray {
	width, height := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, height, width))
	for y := range height {
		row := g.Pix[y*g.Stride : y*g.Stride+width]
		at := func(x int) int { return int(row[min(max(x, 0), width-1)]) }
		sum := 0
		for x := -radius; x <= radius; x++ {
			sum += at(x)
		}
		for x := range width {
			out.Pix[x*out.Stride+y] = uint8(sum / (2*radius + 1))
			sum += at(x+radius+1) - at(x-radius)
		}
	}
	return out
}

// noise adds a normal deviation to every pixel, as a poor sensor in the dark.
func noise(deviation float64) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		return each(g, func(v float64) float64 { return v + deviation*r.NormFloat64() })
	}
}

// contrast leaves a share of the distance between ink and paper, as faded ink,
// and adds the noise of a sensor.
func contrast(share float64) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		return each(g, func(v float64) float64 { return 128 + share*(v-128) + 4*r.NormFloat64() })
	}
}

func each(g *image.Gray, change func(float64) float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = uint8(min(max(math.Round(change(float64(v))), 0), 255))
	}
	return out
}

// rotate turns a picture on white paper large enough for it.
func rotate(degrees float64) spoiler {
	return func(g *image.Gray, _ *rand.Rand) *image.Gray {
		side := float64(g.Rect.Dx())
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		return warp(g, int(1.5*side), func(x, y float64) (float64, float64) {
			x, y = x-0.75*side, y-0.75*side
			return side/2 + cos*x + sin*y, side/2 - sin*x + cos*y
		})
	}
}

// perspective looks at a poster from the side: its far edge appears shorter
// than its near edge by a share, and nearer by as much.
func perspective(share float64) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		side := float64(g.Rect.Dx())
		turned := r.IntN(2) == 1 // from above, or from the left
		return warp(g, g.Rect.Dx(), func(x, y float64) (float64, float64) {
			if turned {
				x, y = y, x
			}
			depth := 1 - share*(1-y/side) // width of the paper at this height
			fx, fy := side/2+(x-side/2)/depth, y/depth*(1-share)+side*share*y/side/depth
			if turned {
				fx, fy = fy, fx
			}
			return fx, fy
		})
	}
}

// warp draws a picture of side pixels whose pixels come from where source says;
// beyond the edges there is white paper.
func warp(g *image.Gray, side int, source func(x, y float64) (float64, float64)) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, side, side))
	at := func(x, y int) float64 {
		if !(image.Point{X: x, Y: y}.In(g.Rect)) {
			return 255
		}
		return float64(g.Pix[y*g.Stride+x])
	}
	for y := range side {
		for x := range side {
			fx, fy := source(float64(x)+0.5, float64(y)+0.5)
			left, top := math.Floor(fx-0.5), math.Floor(fy-0.5)
			dx, dy := fx-0.5-left, fy-0.5-top
			i, j := int(left), int(top)
			out.Pix[y*side+x] = uint8((1-dy)*((1-dx)*at(i, j)+dx*at(i+1, j)) + dy*((1-dx)*at(i, j+1)+dx*at(i+1, j+1)))
		}
	}
	return out
}

// stains drops blots of ink, mud or paint (black, grey or white, two to six
// hundredths of the picture wide) on the printed part until they hide a share of it.
func stains(share float64) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		out := image.NewGray(g.Rect)
		copy(out.Pix, g.Pix)
		side := float64(g.Rect.Dx())
		printed := g.Rect.Inset(int(side * 4 / 33)) // without the quiet zone
		hidden := make(map[image.Point]bool)
		for float64(len(hidden)) < share*float64(printed.Dx()*printed.Dy()) {
			radius := side * (0.01 + 0.02*r.Float64())
			x := float64(printed.Min.X) + r.Float64()*float64(printed.Dx())
			y := float64(printed.Min.Y) + r.Float64()*float64(printed.Dy())
			ink := [3]uint8{0, 110, 255}[r.IntN(3)]
			for j := int(y - radius); j <= int(y+radius); j++ {
				for i := int(x - radius); i <= int(x+radius); i++ {
					if p := image.Pt(i, j); p.In(printed) && math.Hypot(float64(i)-x, float64(j)-y) <= radius {
						out.SetGray(i, j, color.Gray{Y: ink})
						hidden[p] = true
					}
				}
			}
		}
		return out
	}
}

// patch hides a share of the printed part under one sheet of paper or ink, below
// the finder pattern at the right, up to a module away from the edge: paper does
// not keep to the modules, and one width in a dozen happens to mislead zbarimg.
func patch(share float64) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		out := image.NewGray(g.Rect)
		copy(out.Pix, g.Pix)
		side := float64(g.Rect.Dx())
		quiet := int(side * 4 / 33)
		printed := g.Rect.Inset(quiet)
		top := printed.Min.Y + printed.Dy()*9/25
		width := int(math.Ceil(share * float64(printed.Dx()*printed.Dy()) / float64(printed.Max.Y-top)))
		end := printed.Max.X - r.IntN(quiet/4)
		ink := uint8(255 * r.IntN(2))
		draw.Draw(out, image.Rect(end-width, top, end, printed.Max.Y), image.NewUniform(color.Gray{Y: ink}), image.Point{}, draw.Src)
		return out
	}
}

// distance leaves so many pixels of a camera's sensor for the whole picture,
// which the phone enlarges again.
func distance(pixels int) spoiler {
	return func(g *image.Gray, _ *rand.Rand) *image.Gray {
		small := image.NewGray(image.Rect(0, 0, pixels, pixels))
		xdraw.BiLinear.Scale(small, small.Rect, g, g.Rect, draw.Src, nil) // averages when it makes smaller
		out := image.NewGray(g.Rect)
		xdraw.BiLinear.Scale(out, out.Rect, small, small.Rect, draw.Src, nil)
		return out
	}
}

// compressed passes a picture through a blur of one pixel and JPEG, as messengers do.
func compressed(quality int) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, blur(1)(g, r), &jpeg.Options{Quality: quality}); err != nil {
			panic(err) // a bytes.Buffer does not fail
		}
		img, err := jpeg.Decode(&b)
		if err != nil {
			panic(err)
		}
		return gray(img)
	}
}

// together spoils one after the other.
func together(all ...spoiler) spoiler {
	return func(g *image.Gray, r *rand.Rand) *image.Gray {
		for _, spoil := range all {
			g = spoil(g, r)
		}
		return g
	}
}
