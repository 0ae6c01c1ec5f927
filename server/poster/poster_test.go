package poster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/testkit"

	"lensan/server/pdf"
)

// Every paper opens without a warning, has its fonts in it, and says its lines.
func TestWrite(t *testing.T) {
	if !testkit.Has(t, "pdffonts", "pdfinfo", "pdftotext") {
		return
	}
	for _, paper := range papers {
		t.Run(string(paper), func(t *testing.T) {
			path := save(t, write(t, Options{Paper: paper}, sample(), long()))
			info := tool(t, "pdfinfo", path)
			want := map[referral.Paper]string{referral.PaperA3: "841.89 x 1190.55", referral.PaperA4: "595.276 x 841.89",
				referral.PaperA5: "419.528 x 595.276", referral.PaperStickers: "595.276 x 841.89"}[paper]
			if !strings.Contains(info, want) {
				t.Errorf("not %s: %s", want, info)
			}
			for _, line := range strings.Split(strings.TrimSpace(tool(t, "pdffonts", path)), "\n")[2:] {
				if !strings.Contains(line, "+BeVietnamPro-") || !strings.Contains(line, "yes yes yes") {
					t.Errorf("font %q is not embedded as a subset with its letters", line)
				}
			}
			said := strings.Join(strings.Fields(tool(t, "pdftotext", path, "-")), " ")
			for _, want := range []string{"An Giang", "Đưa nông sản lên sàn", "Quét bằng Zalo", "lensan.gov.vn/K7Q2PX",
				"Không phải mã thanh toán.", "mã OTP", "Số 000123", "lensan.gov.vn/kiem-tra/K7Q2PX"} {
				if !strings.Contains(said, want) {
					t.Errorf("does not say %q: %s", want, said)
				}
			}
		})
	}
}

// The symbol is one path of black alone, and nothing on the page is an image.
func TestWrite_pureBlack(t *testing.T) {
	if !testkit.Has(t, "pdfimages") {
		return
	}
	path := save(t, write(t, Options{}, sample()))
	if images := strings.Split(strings.TrimSpace(tool(t, "pdfimages", "-list", path)), "\n"); len(images) > 2 {
		t.Errorf("images: %v", images)
	}
	var b bytes.Buffer
	p := pdf.New(&b)
	d := &writer{pdf: p}
	if err := d.trace(sample().ScanURL); err != nil {
		t.Fatal(err)
	}
	content := inflate(t, b.Bytes())
	if fills := regexp.MustCompile(`(?m)\bf\*?$`).FindAllString(content, -1); len(fills) != 1 || !strings.HasPrefix(content, "0 g ") {
		t.Errorf("%d fills in %.80s", len(fills), content)
	}
	if colours := regexp.MustCompile(`\b(rg|k|sc|scn|cs)\b`).FindAllString(content, -1); len(colours) > 0 {
		t.Errorf("colours %v", colours)
	}
}

func TestWrite_draft(t *testing.T) {
	if !testkit.Has(t, "pdftotext") {
		return
	}
	for _, paper := range papers {
		s := sample()
		s.Draft = true
		said := tool(t, "pdftotext", save(t, write(t, Options{Paper: paper}, s)), "-")
		if !strings.Contains(said, "BẢN NHÁP") || strings.Contains(said, "000123") {
			t.Errorf("%s: %s", paper, said)
		}
	}
}

func TestWrite_bleed(t *testing.T) {
	if !testkit.Has(t, "pdfinfo") {
		return
	}
	boxes := strings.Join(strings.Fields(tool(t, "pdfinfo", "-box", save(t, write(t, Options{Bleed: true}, sample())))), " ")
	for _, want := range []string{"MediaBox: 0.00 0.00 651.97 898.58", "BleedBox: 19.84 19.84 632.13 878.74", "TrimBox: 28.35 28.35 623.62 870.24"} {
		if !strings.Contains(boxes, want) {
			t.Errorf("no %s in %s", want, boxes)
		}
	}
}

func TestWrite_refuses(t *testing.T) {
	emoji := sample()
	emoji.Portal = "Cổng 🌾"
	tooLong := sample()
	tooLong.Words = strings.Repeat("lensan.gov.vn/", 40)
	texts := sample()
	texts.Texts = referral.PosterTexts{"call": "🌾", "warning": strings.Repeat("Không hỏi mật khẩu. ", 30)}
	crowded := sample()
	crowded.Texts = referral.PosterTexts{"warning": strings.Repeat("Không hỏi mật khẩu. ", 30)}
	for _, c := range []struct {
		name   string
		o      Options
		sheets []Sheet
		fields []string
	}{
		{"no sheet", Options{}, nil, nil},
		{"paper", Options{Paper: "a9"}, []Sheet{sample()}, []string{"/paper"}},
		{"no glyph", Options{}, []Sheet{emoji}, []string{"/portal"}},
		{"address too long", Options{}, []Sheet{tooLong}, []string{"/help"}},
		{"texts", Options{}, []Sheet{texts}, []string{"/texts/call"}},
		{"crowded", Options{}, []Sheet{crowded}, []string{"/warning"}},
	} {
		c.o.Language = language(t)
		err := Write(context.Background(), io.Discard, c.o, each(c.sheets...), nil)
		var named *referral.Error
		if !errors.As(err, &named) || !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if checked := Check(context.Background(), c.o, each(c.sheets...)); checked == nil || checked.Error() != err.Error() {
			t.Errorf("%s: Check says %v, Write %v", c.name, checked, err)
		}
		var fields []string
		for _, f := range named.Fields {
			fields = append(fields, f.Field)
			if text := c.o.Language.Args(f.Key, f.Args); strings.Contains(text, "[error") {
				t.Errorf("%s: %s", c.name, text)
			}
		}
		slices.Sort(fields)
		if !slices.Equal(fields, c.fields) {
			t.Errorf("%s: faults of %v, want %v", c.name, fields, c.fields)
		}
	}
}

// Check looks at what every sheet says, not only the first.
func TestCheck(t *testing.T) {
	odd := sample()
	odd.Code, odd.Place = "ABCDEF", "Chợ 🌾"
	o := Options{Language: language(t)}
	if err := Check(context.Background(), o, each(sample(), sample(), odd)); err == nil || !strings.Contains(err.Error(), "sheet 3 (ABCDEF)") {
		t.Errorf("odd third sheet: %v", err)
	}
	if err := Check(context.Background(), o, each(sample(), long())); err != nil {
		t.Error(err)
	}
}

// What fails on the way ends the document with the error itself.
func TestWrite_errors(t *testing.T) {
	broken := errors.New("broken")
	failing := func(yield func(Sheet, error) bool) { _ = yield(sample(), nil) && yield(Sheet{}, broken) }
	o := Options{Language: language(t)}
	if err := Write(context.Background(), io.Discard, o, failing, nil); !errors.Is(err, broken) {
		t.Errorf("sheets: %v", err)
	}
	if err := Write(context.Background(), brokenWriter{broken}, o, each(sample()), nil); !errors.Is(err, broken) {
		t.Errorf("writer: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, io.Discard, o, each(sample()), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("context: %v", err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// Pages leave as they are made: by the time a sheet is asked for, the pages of
// those before it are with the reader.
func TestWrite_streams(t *testing.T) {
	var out bytes.Buffer
	sizes := []int{}
	var sheets iter.Seq2[Sheet, error] = func(yield func(Sheet, error) bool) {
		for range 5 {
			sizes = append(sizes, out.Len())
			if !yield(sample(), nil) {
				return
			}
		}
	}
	done := 0
	if err := Write(context.Background(), &out, Options{Language: language(t)}, sheets, func(n int) { done = n }); err != nil {
		t.Fatal(err)
	}
	for i, size := range sizes {
		if i == 0 && size == 0 || i > 0 && size <= sizes[i-1]+500 {
			t.Errorf("bytes out before each sheet: %v", sizes)
		}
	}
	if done != 5 {
		t.Errorf("%d done", done)
	}
}

func TestTexts(t *testing.T) {
	if !testkit.Has(t, "pdftotext") {
		return
	}
	s := sample()
	s.Texts = referral.PosterTexts{"call": "Bán vải thiều trên mạng", "help": "Hoặc vào {address} trên máy tính"}
	said := strings.Join(strings.Fields(tool(t, "pdftotext", save(t, write(t, Options{}, s)), "-")), " ")
	for _, want := range []string{"Bán vải thiều trên mạng", "Hoặc vào lensan.gov.vn/K7Q2PX trên máy tính"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	if strings.Contains(said, "Đưa nông sản") {
		t.Error("says the default too")
	}
}

// Every text of poster.toml is printed somewhere.
func TestTexts_areAllUsed(t *testing.T) {
	var code strings.Builder
	for _, pattern := range []string{"*.go", "../app/posters.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(path, "_test.go") {
				code.Write(raw)
			}
		}
	}
	for _, key := range language(t).Keys() {
		name, ours := strings.CutPrefix(key, "poster.")
		if !ours {
			continue
		}
		if slices.Contains(referral.PosterTextNames, name) {
			if !strings.Contains(code.String(), `l, "`+name+`"`) {
				t.Errorf("text %s is not used", key)
			}
		} else if prefix, _, _ := strings.Cut(key, "_"); !strings.Contains(code.String(), `"`+key+`"`) && !strings.Contains(code.String(), `"`+prefix+`_"`) {
			t.Errorf("text %s is not used", key)
		}
	}
}
