package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lensan/server/testkit"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/sync/errgroup"
)

// damages are the rows of the table, mild before severe. Where one is
// marked sound, ours must be read every time.
var damages = []struct {
	name  string
	spoil spoiler
	sound bool
}{
	{"none", together(), true},
	{"blur, ½ module", blur(3), true},
	{"blur, 1 module", blur(6), false},
	{"blur, 1⅓ modules", blur(8), false},
	{"noise, deviation 6 of 255", noise(6), true},
	{"noise, deviation 12", noise(12), false},
	{"noise, deviation 20", noise(20), false},
	{"rotation 10°", rotate(10), true},
	{"rotation 20°", rotate(20), true},
	{"rotation 30°", rotate(30), true},
	{"rotation 45°", rotate(45), true},
	{"perspective, far edge 15 % shorter", perspective(0.15), true},
	{"perspective, 30 %", perspective(0.30), false},
	{"perspective, 45 %", perspective(0.45), false},
	{"contrast 30 %", contrast(0.30), true},
	{"contrast 20 %", contrast(0.20), false},
	{"contrast 15 %", contrast(0.15), false},
	{"stains on 5 %", stains(0.05), false},
	{"stains on 10 %", stains(0.10), false},
	{"stains on 15 %", stains(0.15), false},
	{"stains on 20 %", stains(0.20), false},
	{"stains on 25 %", stains(0.25), false},
	{"one patch on 10 %", patch(0.10), false},
	{"one patch on 15 %", patch(0.15), false},
	{"distance, 3 camera pixels a module", distance(99), true},
	{"distance, 2 pixels", distance(66), false},
	{"distance, 1½ pixels", distance(50), false},
	{"JPEG quality 30", compressed(30), true},
	{"JPEG quality 10", compressed(10), false},
	{"JPEG quality 3", compressed(3), false},
	{"stains on 5 %, rotation 10°, blur ⅓ module, JPEG 30", together(stains(0.05), rotate(10), blur(2), compressed(30)), false},
}

const (
	trials = 16  // of each row: other codes, other chance
	paper  = 396 // pixels of a printed side, quiet zone included: 12 a module
)

// damageTable is where -update writes the table.
const damageTable = "../docs/qr-damage.md"

func TestDamage_oursAgainstQrencode(t *testing.T) {
	if !testkit.Has(t, "zbarimg", "qrencode") {
		return
	}
	ours, theirs := make([]*image.Gray, trials), make([]*image.Gray, trials)
	codes := make([]string, trials)
	for i := range trials {
		codes[i] = trialCode(i)
		ours[i] = onPaper(t, render(t, "HTTPS://LENSAN.GOV.VN/"+codes[i], PNG, Options{Millimetres: 25.4}))
		theirs[i] = onPaper(t, qrencode(t, "https://lensan.gov.vn/"+codes[i]))
	}
	read := make([][2]int, len(damages))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	folder := t.TempDir()
	for row, damage := range damages {
		work.Go(func() error {
			var files, want []string
			for i := range trials {
				for whose, g := range []*image.Gray{ours[i], theirs[i]} {
					path := filepath.Join(folder, fmt.Sprintf("%d-%d-%d.pgm", row, i, whose))
					if err := writePGM(path, damage.spoil(g, rand.New(rand.NewPCG(uint64(i), uint64(row))))); err != nil {
						return err
					}
					files, want = append(files, path), append(want, "https://lensan.gov.vn/"+codes[i])
				}
			}
			got, err := zbarMany(files)
			for i, file := range files {
				if strings.EqualFold(got[file], want[i]) {
					read[row][i%2]++
				}
			}
			return err
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	for row, damage := range damages {
		if read[row][0] < read[row][1] {
			t.Errorf("%s: ours is read %d times of %d, qrencode's %d", damage.name, read[row][0], trials, read[row][1])
		}
		if damage.sound && read[row][0] < trials {
			t.Errorf("%s: ours is read only %d times of %d", damage.name, read[row][0], trials)
		}
	}
	table := damageReport(read)
	t.Log("\n" + table)
	if *update {
		if err := os.WriteFile(damageTable, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// trialCode returns another code for each trial; its check symbol does not matter here.
func trialCode(i int) string {
	const symbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
	r := rand.New(rand.NewPCG(1034, uint64(i)))
	code := make([]byte, 6)
	for at := range code {
		code[at] = symbols[r.IntN(len(symbols))]
	}
	return string(code)
}

// qrencode draws a text as the tool does when nothing is asked for but larger dots.
func qrencode(t *testing.T, text string) []byte {
	t.Helper()
	out, err := exec.Command("qrencode", "-s", "12", "-o", "-", text).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// onPaper lays a PNG on paper: whatever its pixels and modules, the same side.
// Both PNGs are asked for at 12 pixels a module, so that symbols of one version
// stay as sharp as each other.
func onPaper(t *testing.T, file []byte) *image.Gray {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewGray(image.Rect(0, 0, paper, paper))
	xdraw.BiLinear.Scale(out, out.Rect, img, img.Bounds(), draw.Src, nil)
	return out
}

func writePGM(path string, g *image.Gray) error {
	header := fmt.Sprintf("P5\n%d %d\n255\n", g.Rect.Dx(), g.Rect.Dy())
	return os.WriteFile(path, append([]byte(header), g.Pix...), 0o600)
}

// zbarMany decodes many pictures in one process. Those that show nothing are
// not in the answer.
func zbarMany(files []string) (map[string]string, error) {
	out, err := exec.Command("zbarimg", append([]string{"--quiet", "--xml", "--set", "*.enable=0", "--set", "qr.enable=1"}, files...)...).Output()
	const nothingInSome = 4 // exit status
	if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == nothingInSome) {
		return nil, fmt.Errorf("zbarimg: %w", err)
	}
	var answer struct {
		Sources []struct {
			File string `xml:"href,attr"`
			Data string `xml:"index>symbol>data"`
		} `xml:"source"`
	}
	if err := xml.Unmarshal(out, &answer); err != nil {
		return nil, fmt.Errorf("zbarimg: %w", err)
	}
	read := make(map[string]string)
	for _, s := range answer.Sources {
		read[s.File] = s.Data
	}
	return read, nil
}

func damageReport(read [][2]int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Damaged prints: ours and qrencode's

How many of %d damaged pictures zbarimg reads. Left: this program with its
default settings, `+"`HTTPS://LENSAN.GOV.VN/…`"+` in capitals at level Q. Right: `+"`qrencode`"+`
with its default settings (level L, margin 4) and the address as one would type it,
`+"`https://lensan.gov.vn/…`"+`. Both are printed at the same outer size, quiet zone
included, and suffer the same damage: the same seed drops the same stain on the same spot.
How far an image can be damaged and still be read depends on the decoder; phones differ
from zbarimg, so compare the columns rather than trust a figure.

Written by `+"`go test ./server/qr -run TestDamage -update`"+`; every run of the tests makes the
comparison anew and fails where ours is read less often.

| damage | ours | qrencode |
|---|---:|---:|
`, trials)
	for row, damage := range damages {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", damage.name, percent(read[row][0]), percent(read[row][1]))
	}
	return b.String()
}

func percent(n int) string { return fmt.Sprintf("%d %%", (100*n+trials/2)/trials) }
