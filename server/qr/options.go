package qr

import (
	"math"
	"strconv"

	"lensan/server/referral"
)

const (
	minMillimetres, maxMillimetres = 10, 500
	minDPI, maxDPI                 = 72, 1200
	minQuiet, maxQuiet             = 4, 20
)

var defaults = Options{Millimetres: 30, Level: "Q", DPI: 300, Quiet: 4}

// sized raises the level for a logo and turns a distance into a side.
func (o Options) sized(text string) (Options, error) {
	if o.Logo {
		o.Level = "H"
	}
	if o.Distance == 0 {
		return o, nil
	}
	if o.Millimetres != 0 {
		return o, invalid("/distance", "error.qr_distance_or_mm")
	}
	side, err := SideFor(o.Distance, text, o.Level)
	o.Distance, o.Millimetres = 0, side
	return o, err
}

func (o Options) withDefaults() Options {
	if o.Millimetres == 0 {
		o.Millimetres = defaults.Millimetres
	}
	if o.Level == "" {
		o.Level = defaults.Level
	}
	if o.DPI == 0 {
		o.DPI = defaults.DPI
	}
	if o.Quiet == 0 {
		o.Quiet = defaults.Quiet
	}
	return o
}

func (o Options) check(f Format) error {
	var faults referral.Faults
	if _, ok := formats[f]; !ok {
		faults.Add("/format", "error.qr_format")
	}
	if !(o.Millimetres >= minMillimetres && o.Millimetres <= maxMillimetres) { // NaN is neither
		addRange(&faults, "/mm", "error.qr_mm", minMillimetres, maxMillimetres)
	}
	if _, ok := levels[o.Level]; !ok {
		faults.Add("/ec", "error.qr_level")
	}
	if o.DPI < minDPI || o.DPI > maxDPI {
		addRange(&faults, "/dpi", "error.qr_dpi", minDPI, maxDPI)
	}
	if o.Quiet < minQuiet || o.Quiet > maxQuiet {
		addRange(&faults, "/quiet", "error.qr_quiet", minQuiet, maxQuiet)
	}
	return faults.Err()
}

func addRange(f *referral.Faults, field, key string, least, most int) {
	f.Add(field, key, "min", strconv.Itoa(least), "max", strconv.Itoa(most))
}

// SideFor returns the side in whole millimetres, without the quiet zone, that
// text at a level needs to be scanned from a distance in metres: a tenth of
// the distance, no module under 0.4 mm, and at least the least that Render
// takes. A distance that is not above 0, or asks for more than Render draws,
// is an ErrInvalid for "/distance".
func SideFor(metres float64, text, level string) (mm float64, err error) {
	code, err := encode(text, level)
	if err != nil {
		return 0, err
	}
	const farthest = maxMillimetres * 10.0 / 1000
	if !(metres > 0 && metres <= farthest) {
		return 0, invalid("/distance", "error.qr_distance", "max", strconv.Itoa(farthest))
	}
	least := leastSide(17 + 4*code.VersionNumber)
	mm = math.Ceil(max(metres*1000/10, least, minMillimetres) - 1e-9)
	if mm > maxMillimetres {
		return 0, invalid("/text", "error.qr_text_long", "level", level)
	}
	return mm, nil
}
