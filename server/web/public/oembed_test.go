package public

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestOEmbed(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	const base = "https://len.example.vn"
	for _, row := range []struct {
		name, url, more string
		status          int
		width, height   int
		frame           string
	}{
		{"link", base + "/go/" + w, "", 200, 240, 72, base + "/f/" + w},
		{"lower case and slash", base + "/go/" + strings.ToLower(w) + "/", "&format=json", 200, 240, 72, base + "/f/" + w},
		{"page with a choice", base + "/nhung/" + w + "?style=button&lang=en", "", 200, 240, 48, base + "/f/" + w + "?style=button&lang=en"},
		{"card", base + "/nhung/" + w + "?style=card", "&maxwidth=500&maxheight=750", 200, 320, 240, base + "/f/" + w + "?style=card"},
		{"card that does not fit", base + "/nhung/" + w + "?style=card&size=l", "&maxwidth=300", 200, 240, 72, base + "/f/" + w},
		{"very narrow", base + "/go/" + w, "&maxwidth=120&maxheight=40", 200, 120, 40, base + "/f/" + w + "?style=button"},
		{"nonsense bounds", base + "/go/" + w, "&maxwidth=x&maxheight=-1", 200, 240, 72, base + "/f/" + w},
		{"plain HTTP", "http://len.example.vn/go/" + w, "", 200, 240, 72, base + "/f/" + w},
		{"a code that does not exist", base + "/go/" + string(ghostCode), "", 404, 0, 0, ""},
		{"another page", base + "/kiem-tra/" + w, "", 404, 0, 0, ""},
		{"another host", "https://evil.example/go/" + w, "", 404, 0, 0, ""},
		{"a longer host", base + ".evil.example/go/" + w, "", 404, 0, 0, ""},
		{"user name", "https://a@len.example.vn/go/" + w, "", 404, 0, 0, ""},
		{"nothing", "", "", 404, 0, 0, ""},
		{"XML", base + "/go/" + w, "&format=xml", 501, 0, 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := get(t, address, "/oembed?url="+url.QueryEscape(row.url)+row.more)
			if got.StatusCode != row.status {
				t.Fatalf("%d", got.StatusCode)
			}
			if row.status != 200 {
				return
			}
			var a oembedAnswer
			if err := json.NewDecoder(got.Body).Decode(&a); err != nil {
				t.Fatal(err)
			}
			if a.Type != "rich" || a.Version != "1.0" || a.Title == "" || a.Width != row.width || a.Height != row.height || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%+v", a)
			}
			if shown := untrusted(a.HTML); shown != `<blockquote><a href="`+base+`/go/`+w+`">`+a.Title+`</a></blockquote>` {
				t.Errorf("WordPress shows %q", shown)
			}
			if !strings.Contains(a.HTML, `<iframe src="`+strings.ReplaceAll(row.frame, "&", "&amp;")+`" width=`) {
				t.Errorf("no frame %s in %s", row.frame, a.HTML)
			}
		})
	}
	var a oembedAnswer
	if err := json.NewDecoder(get(t, address, "/oembed?form=badge&url="+url.QueryEscape(base+"/go/"+w)).Body).Decode(&a); err != nil || !strings.HasPrefix(a.HTML, `<a href="`+base+`/go/`+w+`" target="_blank" rel="noopener"><img `) {
		t.Errorf("for those who trust us: %v %s", err, a.HTML)
	}
}

// untrusted models what WordPress shows of an unknown provider's HTML: nothing
// without a frame, else the quote if there is one.
func untrusted(html string) string {
	tags := regexp.MustCompile(`(?s)(<blockquote>.*?</blockquote>)?.*(<iframe.*?></iframe>)`).FindStringSubmatch(html)
	if tags == nil || tags[2] == "" || !strings.Contains(tags[2], ` src="`) {
		return ""
	}
	if tags[1] != "" {
		return tags[1]
	}
	return tags[2]
}

func TestOEmbed_isDiscovered(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	for path, c := range map[string]string{"/nhung/" + string(widgetCode): string(widgetCode), "/" + string(hubCode): string(hubCode)} {
		page := body(t, get(t, address, path))
		found := regexp.MustCompile(`<link rel="alternate" type="application/json\+oembed" href="https://len\.example\.vn(/oembed[^"]+)"`).FindStringSubmatch(page)
		if found == nil {
			t.Errorf("%s names no description", path)
			continue
		}
		var a oembedAnswer
		got := get(t, address, strings.ReplaceAll(found[1], "&amp;", "&"))
		if err := json.NewDecoder(got.Body).Decode(&a); err != nil || !strings.Contains(a.HTML, "/go/"+c) {
			t.Errorf("%s: %d, %v, %s", path, got.StatusCode, err, a.HTML)
		}
	}
}
