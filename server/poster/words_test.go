package poster

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
)

// The texts of the files have room beside the longest of everything; words that
// have none are named with the paper on which they have none.
func TestCheckTexts(t *testing.T) {
	bundle, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Languages {
		if err := CheckTexts(bundle.In(lang), long()); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	for _, c := range []struct{ key, said, want string }{
		{"poster.call", "Bà con đưa nông sản lên sàn, dễ mà không tốn công", ""},
		{"poster.call", "Đưa lên sàn \U0001f33e", "/call error.poster_glyph"},
		{"poster.warning", strings.Repeat("Không phải mã thanh toán. ", 8), "/A5/warning error.text_poster"},
		{"poster.warning", strings.Repeat("Không phải mã thanh toán. ", 8), "/stickers/warning error.text_sticker"},
		{"poster.title", strings.Repeat("Hỗ trợ hộ nông dân ", 40), "/A4/title error.text_poster"},
		{"poster.help", strings.Repeat("Không quét được thì gõ ", 12) + "{address}", "/A5/help error.text_poster"},
		{"poster.verify", strings.Repeat("Kiểm tra mã ", 20) + "{address}", "/A5/verify error.text_poster"},
		{"poster.place", strings.Repeat("Nơi đặt ", 40) + "{place}", ""}, // is cut
	} {
		err := CheckTexts(bundle.In("vi").With(map[string]string{c.key: c.said}), sample())
		var e *referral.Error
		var got []string
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got = append(got, f.Field+" "+f.Key)
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%s %q: %v, want %s", c.key, c.said, got, c.want)
		}
	}
}

func BenchmarkCheckTexts(b *testing.B) {
	l, s := language(b), long()
	for b.Loop() {
		if err := CheckTexts(l, s); err != nil {
			b.Fatal(err)
		}
	}
}
