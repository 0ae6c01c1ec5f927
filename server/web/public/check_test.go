package public

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/web"
)

// site is a Fetcher with one page.
type site struct{ page FetchedPage }

func (s site) Fetch(_ context.Context, address string, mayAsk func(string) bool) (FetchedPage, error) {
	host := hostOf(address)
	if !mayAsk(host) {
		return FetchedPage{}, errors.Join(referral.Errorf(referral.ErrForbidden, "error.probe_host", "host", host), errors.New("secret"))
	}
	s.page.URL = address
	return s.page, nil
}

func post(t *testing.T, address, path string, fields map[string]string) (int, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	answer, err := http.Post("http://"+address+path, form.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, html.UnescapeString(string(page))
}

func TestCheck(t *testing.T) {
	k := newKit(t)
	snippet := web.NewSnippets("https://len.example.vn", widgetCode, k.deps.Pages.Text("vi"), web.Look{}).Badge
	k.app = k.another(t, func(d *Deps) {
		d.Fetch = site{FetchedPage{Status: 404, HTML: snippet, Policies: []string{"img-src 'self'"}}}
	})
	address := k.serve(t)
	for _, row := range []struct {
		name   string
		fields map[string]string
		status int
		has    []string
	}{
		{"as pasted", map[string]string{"html": "<p>x</p>" + snippet}, 200, []string{"hoạt động đúng", "dẫn đúng đích"}},
		{"changed", map[string]string{"html": strings.Replace(snippet, `target="_blank"`, "", 1)}, 200, []string{"có điều nên biết", "Mất target"}},
		{"broken", map[string]string{"html": strings.Replace(snippet, "<img", "<x", 1)}, 200, []string{"Chưa thấy liên kết hoạt động", "không ai thấy để bấm"}},
		{"not there", map[string]string{"html": "<p>Chào</p>"}, 200, []string{"Không thấy liên kết"}},
		{"an address", map[string]string{"address": "stttt.angiang.gov.vn/trang-chu"}, 200, []string{"có điểm cần sửa", "https://stttt.angiang.gov.vn/trang-chu", "mã 404", "img-src https://len.example.vn"}},
		{"with www", map[string]string{"address": "https://www.stttt.angiang.gov.vn/"}, 200, []string{"có điểm cần sửa"}},
		{"a host of nobody", map[string]string{"address": "https://evil.example/"}, 422, []string{"evil.example không phải tên miền đã đăng ký"}},
		{"nothing", map[string]string{"html": "  "}, 422, []string{"Chưa có gì để kiểm tra"}},
		{"too much", map[string]string{"html": strings.Repeat("x", maxPasted+1)}, 413, []string{"lớn hơn 512 KB"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, page := post(t, address, "/nhung/"+string(widgetCode)+"?style=button", row.fields)
			if status != row.status {
				t.Fatalf("%d", status)
			}
			for _, want := range row.has {
				if !strings.Contains(page, want) {
					t.Errorf("%q is missing", want)
				}
			}
			if strings.Contains(page, "secret") {
				t.Error("the error's cause is shown")
			}
		})
	}
	if status, _ := post(t, address, "/nhung/"+string(ghostCode), nil); status != 404 {
		t.Errorf("a code that does not exist: %d", status)
	}
	status := 0
	for range 2 * checksPerMinute { // should the minute end meanwhile, another begins
		if status == 429 {
			break
		}
		status, _ = post(t, address, "/nhung/"+string(widgetCode), nil)
	}
	if status != 429 {
		t.Errorf("after more than %d in a minute: %d", checksPerMinute, status)
	}
}

// Nothing that a page holds becomes part of ours.
func TestCheck_showsNothingOfThePage(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	_, page := post(t, address, "/nhung/"+string(widgetCode), map[string]string{
		"html": `<a href="https://len.example.vn/go/` + string(widgetCode) + `"><script>evil()</script></a><script src="https://len.example.vn/w/v1.evil.js"></script>`, "address": `"><script>evil()`})
	if strings.Contains(page, "evil()") {
		t.Error("a script got through")
	}
	if strings.Contains(page, `name="address"`) {
		t.Error("an address may be given although nothing can fetch it")
	}
}

func TestEmbed_choices(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	for _, row := range []struct {
		query string
		best  string // id of the first snippet
		has   []string
	}{
		{"", "badge", []string{"Hệ khác, hoặc không rõ", `width="240" height="72"`}},
		{"?cms=drupal", "text", []string{"biểu tượng lỗi"}},
		{"?cms=html", "badge", []string{"trước thẻ đóng body", `id="script-title">Thêm: chữ thật thay cho hình <span class="tag good">`}},
		{"?cms=nukeviet&style=button&l=en", "badge", []string{"/b/" + w + ".svg?style=button&lang=en", "/f/" + w + "?style=button&lang=en", "Support for farming"}},
		{"?style=card&size=l&theme=dark", "badge", []string{"/f/" + w + "?style=card&theme=dark&size=l", `width="480" height="360"`}},
		{"?style=x&cms=%3Cscript%3E&l=fr&theme=1", "badge", []string{"Hệ khác, hoặc không rõ"}},
	} {
		page := html.UnescapeString(body(t, get(t, address, "/nhung/"+w+row.query)))
		_, ways, _ := strings.Cut(page, `class="embed-right"`)
		_, first, _ := strings.Cut(ways, `<textarea id="`)
		if id, _, _ := strings.Cut(first, `"`); id != row.best {
			t.Errorf("%q: %s comes first, want %s", row.query, id, row.best)
		}
		for _, want := range row.has {
			if !strings.Contains(page, want) {
				t.Errorf("%q: %s is missing", row.query, want)
			}
		}
	}
	for id := range guideSteps {
		for _, lang := range []string{"vi", "en"} {
			if page := body(t, get(t, address, "/nhung/"+w+"?cms="+id+"&lang="+lang)); strings.Contains(page, "[public.") || !strings.Contains(page, "<ol>") {
				t.Errorf("%s in %s has no guide", id, lang)
			}
		}
	}
}

// A packed form is refused as it came: what it would unpack to is no matter.
func TestForms_packed(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	const size = 64 << 20
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/nhung/" + string(widgetCode), reportPath} {
		request, err := http.NewRequest("POST", "http://"+address+path, bytes.NewReader(packed.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		request.Header.Set("Content-Encoding", "gzip")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; answer.StatusCode != 415 || taken > size/4 {
			t.Errorf("%s: %d, and %d bytes of memory for %d", path, answer.StatusCode, taken, packed.Len())
		}
	}
}
