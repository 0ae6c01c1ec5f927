package poster

import (
	"strings"
	"sync"
	"testing"
	"unicode"

	"lensan/assets"
	"lensan/server/pdf"
	"lensan/server/qr"
	"lensan/server/referral"
	"lensan/server/text"
)

// layOut is what Write draws for one sheet.
func layOut(t testing.TB, f *fonts, l *text.Language, paper referral.Paper, s Sheet, place int) (layout, error) {
	t.Helper()
	shape := trace(t, s.ScanURL)
	if paper == referral.PaperStickers {
		return sticker(f, l, &s, shape, place)
	}
	return notice(f, l, &s, shape, sizes[paper][0])
}

var (
	tracing sync.Mutex
	traced  = map[string]*qr.Shape{}
)

func trace(t testing.TB, address string) *qr.Shape {
	t.Helper()
	tracing.Lock()
	defer tracing.Unlock()
	if traced[address] == nil {
		shape, err := qr.Trace(address, "Q")
		if err != nil {
			t.Fatal(err)
		}
		traced[address] = shape
	}
	return traced[address]
}

// wantInside measures every glyph's ink: it must be in its frame, the frame on
// the paper (or label) and clear of the symbol's quiet zone and of other texts.
func wantInside(t testing.TB, f *fonts, paper referral.Paper, out layout, modules, place int) {
	t.Helper()
	const slack = 0.02
	quiet := out.symbol.width / float64(modules) * qr.QuietZone
	zone := frame{out.symbol.x - quiet, out.symbol.y - quiet, out.symbol.width + 2*quiet, out.symbol.height + 2*quiet}
	sheet := frame{0, 0, sizes[paper][0], sizes[paper][1]}
	if paper == referral.PaperStickers {
		sheet = frame{float64(place % stickerColumns * stickerWidth), stickerTop + float64(place/stickerColumns*stickerHeight), stickerWidth, stickerHeight}
	}
	if !within(zone, sheet, slack) {
		t.Fatalf("%s: quiet zone %v is not on the sheet %v", paper, zone, sheet)
	}
	for i := range out.blocks {
		b := &out.blocks[i]
		if b.size < b.style.least-slack {
			t.Errorf("%s: %s is set in %.2f points, least %.2f", paper, b.name, b.size, b.style.least)
		}
		if !within(b.frame, sheet, slack) {
			t.Errorf("%s: frame of %s is not on the sheet: %v", paper, b.name, b.frame)
		}
		ink := inkOf(f, b)
		if !within(ink, b.frame, slack+0.05*b.size*millimetresPerPoint) {
			t.Errorf("%s: ink of %s is outside its frame: %v, %v, %q", paper, b.name, ink, b.frame, said(*b))
		}
		if overlap(ink, zone, slack) {
			t.Errorf("%s: %s stands in the quiet zone: %v, %v", paper, b.name, ink, zone)
		}
		for _, other := range out.blocks[:i] {
			if overlap(ink, inkOf(f, &other), slack) {
				t.Errorf("%s: %s and %s overlap", paper, b.name, other.name)
			}
		}
	}
}

func within(a, b frame, slack float64) bool {
	return a.x >= b.x-slack && a.y >= b.y-slack && a.x+a.width <= b.x+b.width+slack && a.y+a.height <= b.y+b.height+slack
}

func overlap(a, b frame, slack float64) bool {
	return a.x < b.x+b.width-slack && b.x < a.x+a.width-slack && a.y < b.y+b.height-slack && b.y < a.y+a.height-slack
}

// inkOf returns the box of what a text's glyphs blacken.
func inkOf(f *fonts, b *block) frame {
	top := b.frame.y
	if b.style.middle {
		top += (b.frame.height - b.height()) / 2
	}
	size := b.size * millimetresPerPoint
	x1, y1, x2, y2 := 1e9, 1e9, -1e9, -1e9
	for i, l := range b.lines {
		x := b.frame.x
		switch b.style.align {
		case centre:
			x += (b.frame.width - l.width) / 2
		case right:
			x += b.frame.width - l.width
		}
		base := top + size*(b.above+float64(i)*b.style.leading)
		for _, s := range l.spans {
			face := f.Faces[s.weight]
			face.Walk(s.text, func(g pdf.Glyph, kern float64) {
				x += kern * size
				if g.Right > g.Left {
					x1, x2 = min(x1, x+g.Left*size), max(x2, x+g.Right*size)
					y1, y2 = min(y1, base-g.Above*size), max(y2, base+g.Below*size)
				}
				x += g.Advance * size
			})
		}
	}
	return frame{x1, y1, x2 - x1, y2 - y1}
}

func TestNotice_longestNames(t *testing.T) {
	f, err := openFonts()
	if err != nil {
		t.Fatal(err)
	}
	l := language(t)
	for _, province := range provinceNames(t) {
		for _, paper := range papers {
			for i, address := range []string{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "HTTPS://1034.EXAMPLE.GOV.VN/K7Q2PX", "HTTPS://LIEN-KET.NONG-NGHIEP.EXAMPLE.GOV.VN/K7Q2PX"} {
				s := long()
				s.Province, s.ScanURL = province, address
				s.Words = strings.ToLower(strings.TrimPrefix(address, "HTTPS://"))
				s.VerifyURL = strings.Replace(s.Words, "/", "/kiem-tra/", 1)
				out, err := layOut(t, f, l, paper, s, i)
				if err != nil {
					t.Fatalf("%s, %s: %v", paper, address, err)
				}
				wantInside(t, f, paper, out, trace(t, address).Size, i)
				for _, b := range out.blocks {
					if b.name == "province" && i == 0 && strings.Contains(said(b), "…") {
						t.Errorf("%s: %s is cut", paper, province)
					}
					if b.name == "portal" && strings.Contains(said(b), "…") {
						t.Errorf("%s: the portal is cut: %s", paper, said(b))
					}
				}
			}
		}
	}
}

// A campaign's texts, as long as they may be, fit on every poster; what does not
// fit on a sticker is refused by its name.
func TestNotice_longestTexts(t *testing.T) {
	f, err := openFonts()
	if err != nil {
		t.Fatal(err)
	}
	longest := string([]rune(strings.Repeat("Hướng dẫn bà con nông dân ", 6))[:120])
	for _, paper := range papers {
		for _, name := range referral.PosterTextNames {
			s := long()
			s.Texts = referral.PosterTexts{name: longest}
			out, err := layOut(t, f, language(t), paper, s, 0)
			if err == nil {
				wantInside(t, f, paper, out, trace(t, s.ScanURL).Size, 0)
			} else if paper != referral.PaperStickers || !strings.Contains(err.Error(), "/"+name+":") {
				t.Errorf("%s, %s: %v", paper, name, err)
			}
		}
	}
}

func said(b block) string {
	var lines []string
	for _, l := range b.lines {
		text := ""
		for _, s := range l.spans {
			text += s.text
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, " ")
}

// provinceNames are all of 63 and 34, as posters name them.
func provinceNames(t *testing.T) (names []string) {
	t.Helper()
	var files [2]string
	for i, path := range []string{"data/provinces_63.csv", "data/provinces_34.csv"} {
		raw, err := assets.Files.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = string(raw)
	}
	all, err := referral.ReadProvinces(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.All() {
		names = append(names, map[string]string{"tinh": "Tỉnh ", "thanh_pho": "Thành phố "}[p.Kind]+p.NameVi)
	}
	if len(names) < 63 {
		t.Fatalf("%d names", len(names))
	}
	return names
}

// Whatever the texts are, a sheet is refused with fields named or every text
// stands in its frame.
func FuzzTexts(f *testing.F) {
	f.Add("Tỉnh An Giang", "Cổng thông tin", "Nhà văn hoá", "lensan.gov.vn/K7Q2PX", "Đưa nông sản lên sàn", "000123")
	f.Add("", "", "", "a", "A", "")
	f.Add(strings.Repeat("W", 200), strings.Repeat("ộ ", 90), strings.Repeat("Ẫ", 200), strings.Repeat("w.", 30), strings.Repeat("NGHIÊNG ", 20), strings.Repeat("8", 30))
	f.Add(" \t", "…", "a/b-c.d", "{address}", "{address}{address}", "\u00a0")
	fonts, err := openFonts()
	if err != nil {
		f.Fatal(err)
	}
	l := language(f)
	f.Fuzz(func(t *testing.T, province, portal, place, words, call, serial string) {
		for _, s := range []string{province, portal, place, words, call, serial} {
			if len(s) > 2000 || strings.ContainsFunc(s, unicode.IsControl) {
				return
			}
		}
		s := sample()
		s.Province, s.Portal, s.Place, s.Words, s.VerifyURL, s.Serial = province, portal, place, words, words, serial
		s.Draft = len(call)%2 == 0
		s.Texts = referral.PosterTexts{"call": call}
		if s.check(fonts) != nil {
			return
		}
		for _, paper := range papers {
			out, err := layOut(t, fonts, l, paper, s, len(words)%stickers)
			if err == nil {
				wantInside(t, fonts, paper, out, 25, len(words)%stickers)
			}
		}
	})
}
