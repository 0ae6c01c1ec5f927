package public

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
)

// Words that were changed stand at once wherever they are read, and what was
// made of other words is no longer sent, not even to who has it already.
func TestWords_changed(t *testing.T) {
	k := newKit(t)
	k.publishing(t, sampleFigures(t))
	address := k.serve(t)
	w := string(widgetCode)
	shown := map[string]string{ // address → what of its own words it says, "" for a picture
		"/" + string(hubCode):     "Bán nông sản qua mạng",
		"/kiem-tra":               "Tra mã &lt;b&gt;",
		"/nhung/" + w:             "Cùng bà con lên sàn số",
		"/f/" + w:                 "Cùng bà con",
		"/f/" + w + "?style=card": "Gần 4 triệu hộ",
		"/cong-khai":              "Số liệu mở",
		"/cong-khai.json":         "Số liệu mở",
		"/w/v1.json":              "Gần 4 triệu hộ",
		"/oembed?url=https://len.example.vn/go/" + w: "Cùng bà con lên sàn số",
		"/b/" + w + ".svg":                           "Cùng bà con lên sàn số", // for screen readers
		"/b/" + w + ".png":                           "",
		"/b/" + w + ".svg?style=card":                "",
		"/b/" + w + ".svg?style=button":              "",
	}
	type seen struct{ body, etag string }
	before := map[string]seen{}
	for path, words := range shown {
		got := get(t, address, path)
		before[path] = seen{body(t, got), got.Header.Get("ETag")}
		if got.StatusCode != 200 || words != "" && strings.Contains(before[path].body, words) {
			t.Errorf("%s before: %d", path, got.StatusCode)
		}
	}
	english := body(t, get(t, address, "/b/"+w+".svg?lang=en"))
	k.texts.Replace(2, map[string]map[string]string{"vi": {"public.hub.title": "Bán nông sản qua mạng", "public.figures.title": "Số liệu mở", "public.verify.title": "Tra mã <b>", "snippet.alt": "Cùng bà con lên sàn số",
		"badge.line1": "Cùng bà con", "badge.figure": "Gần 4 triệu hộ", "badge.button": "Lên sàn số"}})
	for path, words := range shown {
		got := get(t, address, path, "If-None-Match: "+before[path].etag)
		after := seen{body(t, got), got.Header.Get("ETag")}
		if got.StatusCode != 200 || after.body == before[path].body || !strings.Contains(after.body, words) {
			t.Errorf("%s: %d, changed %v, lacks %q", path, got.StatusCode, after.body != before[path].body, words)
		}
		if before[path].etag != "" && after.etag == before[path].etag {
			t.Errorf("%s: the same ETag %s", path, after.etag)
		}
	}
	if body(t, get(t, address, "/b/"+w+".svg?lang=en")) != english {
		t.Error("the English badge has changed too")
	}
	k.texts.Replace(3, nil)
	for path := range shown {
		got := get(t, address, path)
		if again := (seen{body(t, got), got.Header.Get("ETag")}); again != before[path] {
			t.Errorf("%s is not what it was", path)
		}
	}
}

// Those who look at the hub are not counted as farmers.
func TestShowHub(t *testing.T) {
	k := newKit(t)
	gate := newGate(k.deps)
	k.app.Get("/x/:code", func(c *fiber.Ctx) error { return gate.ShowHub(c, referral.Code(strings.Clone(c.Params("code")))) })
	address := k.serve(t)
	for _, code := range []referral.Code{hubCode, widgetCode} {
		got := get(t, address, "/x/"+string(code)+"?lang=en")
		if said := body(t, got); got.StatusCode != 200 || !strings.Contains(said, "/go/"+string(code)+"/postmart?lang=en") || strings.Contains(said, "class=\"n\"") {
			t.Errorf("%s: %d %s", code, got.StatusCode, said)
		}
	}
	if got := get(t, address, "/x/"+string(ghostCode)); got.StatusCode != 404 {
		t.Errorf("a code that does not exist: %d", got.StatusCode)
	}
	if n := k.clicks.count(); n > 0 {
		t.Errorf("%d clicks were recorded", n)
	}
}

func TestCheckBadges(t *testing.T) {
	b, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Languages {
		if err := CheckBadges(b.In(lang)); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	for _, c := range []struct{ key, words, want string }{
		{"badge.line1", "Hỗ trợ tất cả bà con nông dân", "/badge/line1 error.badge_text_long"},
		{"badge.line2", "\u4e2d", "/badge/line2 error.badge_glyph"},
		{"badge.button", "Hỗ trợ tất cả bà con nông dân lên sàn", "/button/line1 error.badge_text_long"},
		{"badge.action", "Xem cách lên sàn thương mại điện tử cho bà con", "/card/action error.badge_text_long"},
		{"badge.note", "đã được hỗ trợ ghi danh bán ổn", "/card/weight error.text_heavy"},
		{"public.widget.figure2", "Gần 26.000 tấn nông sản đã bán trên các sàn", "/card/figures error.text_card"},
		{"badge.figure", "Gần 3,2 triệu hộ", ""},
		{"badge.line1", "Cùng bà con nông dân", ""},
	} {
		err := CheckBadges(b.In("vi").With(map[string]string{c.key: c.words}))
		var e *referral.Error
		var got []string
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got = append(got, f.Field+" "+f.Key)
			}
		}
		if c.want == "" && err != nil || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%s %q: %v, want %s", c.key, c.words, err, c.want)
		}
	}
}

// With the longest words that may be put on it, the hub still comes within the
// first 14 KB.
func TestHub_longestWords(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	syllables := strings.Fields("nông sản trên mạng thương điện tử hợp tác xã người dân đăng ký bán hàng khắp tỉnh thành phố huyện ấp chợ vườn ruộng lúa cá tôm chè cà phê hồ tiêu trái cây rau củ quả")
	random := rand.New(rand.NewPCG(1, 2))
	vi := map[string]string{}
	for _, key := range k.texts.In("vi").Keys() {
		if !strings.HasPrefix(key, "public.hub.") && strings.Count(key, ".") > 1 {
			continue
		}
		standard := k.texts.In("vi").Default(key)
		words, most := standard, 3*len([]rune(standard))+80
		for len([]rune(words)) < most-6 {
			words += " " + syllables[random.IntN(len(syllables))]
		}
		vi[key] = words
	}
	k.texts.Replace(1, map[string]map[string]string{"vi": vi})
	got := get(t, address, "/"+string(hubCode), "Accept-Encoding: br")
	onWire := len(body(t, got))
	t.Logf("%d bytes", onWire)
	if got.StatusCode != 200 || got.Header.Get("Content-Encoding") != "br" || onWire > 14<<10-700 { // for the headers
		t.Errorf("%d %s: %d bytes", got.StatusCode, got.Header.Get("Content-Encoding"), onWire)
	}
}
