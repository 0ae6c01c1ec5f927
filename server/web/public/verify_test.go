package public

import (
	"context"
	"html"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"pgregory.net/rapid"

	"lensan/server/referral"
)

func TestVerify(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	spaced := strings.ToLower(w[:3]) + "%20-" + w[3:]
	for _, row := range []struct {
		path   string
		status int
		want   string
	}{
		{"/kiem-tra", 200, "Kiểm tra mã"},
		{"/kiem-tra?ma=", 200, "Kiểm tra mã"},
		{"/kiem-tra/" + w, 200, "là mã của chúng tôi"},
		{"/kiem-tra/" + strings.ToLower(w), 200, "tmdt.example.gov.vn"},
		{"/kiem-tra?ma=" + spaced, 200, "Sở TT&amp;TT An Giang"},
		{"/kiem-tra?ma=" + url.QueryEscape("https://len.example.vn/go/"+w+"/guide?x=1"), 200, "là mã của chúng tôi"},
		{"/kiem-tra?lang=en&ma=" + w, 200, "is one of our codes"},
		{"/kiem-tra/" + string(pausedCode), 200, "đang tạm dừng"},
		{"/kiem-tra/" + string(hubCode), 200, "Trang chọn đích đến"},
		{"/kiem-tra/" + string(ghostCode), 404, "Không có mã " + string(ghostCode)},
		{"/kiem-tra/" + w[1:2] + w[:1] + w[2:], 404, "/kiem-tra/" + w},
		{"/kiem-tra?ma=%3Cscript%3Ealert(1)%3C/script%3E", 404, "Mã không hợp lệ, xin kiểm tra lại"},
		{"/kiem-tra?ma=" + strings.Repeat("A", 4000), 404, "Mã không hợp lệ, xin kiểm tra lại"},
		{"/kiem-tra?ma=%ff%fe", 404, "Mã không hợp lệ, xin kiểm tra lại"},
	} {
		t.Run(row.path[:min(len(row.path), 60)], func(t *testing.T) {
			got := get(t, address, row.path)
			page := body(t, got)
			if got.StatusCode != row.status || !strings.Contains(page, row.want) {
				t.Errorf("%d, want %d with %q in\n%s", got.StatusCode, row.status, row.want, page)
			}
			if strings.Contains(page, "<script") {
				t.Error("typed text became markup")
			}
		})
	}
	if n := k.clicks.count(); n != 0 {
		t.Errorf("%d clicks recorded", n)
	}
}

func TestVerify_serialNumbers(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	qr, gone, number := string(qrCode), string(goneCode), referral.Serial(1234).String()
	nowhere := referral.Serial(99999).String()
	for _, row := range []struct {
		name, code, serial string
		status             int
		has                []string
		not                []string
	}{
		{"code of a batch", qr, "", 200, []string{"Đúng, " + qr + " là mã của chúng tôi", "Áp phích hè 2026", "0001 2013 đến 0001 2500", `href="/` + qr + `"`}, []string{"Số sê-ri 0"}},
		{"code of no batch", string(widgetCode), "", 200, []string{"là mã của chúng tôi"}, []string{"Đợt in"}},
		{"serial alone", number, "", 200, []string{"Đúng, " + qr + " là mã của chúng tôi", "Số sê-ri 0001 2344 là của mã " + qr}, nil},
		{"both in the box", qr + " " + number, "", 200, []string{"Số sê-ri 0001 2344 là của mã " + qr, `href="/` + qr + `"`}, nil},
		{"both apart", qr, "00012344", 200, []string{"Số sê-ri 0001 2344 là của mã " + qr}, nil},
		{"another code's sheet", string(widgetCode), number, 200, []string{"Số 0001 2344 không phải của mã " + string(widgetCode), "/kiem-tra/" + qr, "/kiem-tra/bao-cao?ma="}, []string{"Đúng,", `href="/` + string(widgetCode) + `"`}},
		{"no sheet at all", qr, nowhere, 200, []string{"Số " + nowhere + " không phải của mã"}, []string{"Đúng,"}},
		{"a number that cannot be", qr, "0001 2345", 200, []string{"“0001 2345” không phải số sê-ri"}, []string{"là của mã"}},
		{"unknown serial", nowhere, "", 404, []string{"Không có tờ nào mang số " + nowhere}, []string{"Đúng,"}},
		{"invalid serial", "0001 2345", "", 404, []string{"Số sê-ri không hợp lệ"}, []string{"Đúng,"}},
		{"unknown code, known serial", string(ghostCode), number, 404, []string{"Không có mã " + string(ghostCode), "/kiem-tra/" + qr}, []string{"Đúng,"}},
		{"retired", gone, "", 200, []string{gone + " là mã của chúng tôi, không còn dùng", ">0001 2518<"}, []string{"đến 0001"}},
		{"nonsense", "xin chào bà con", "", 404, []string{"Mã không hợp lệ"}, []string{"Đúng,"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := get(t, address, "/kiem-tra?"+url.Values{"ma": {row.code}, "serial": {row.serial}}.Encode())
			page := html.UnescapeString(body(t, got))
			if got.StatusCode != row.status {
				t.Errorf("%d, want %d", got.StatusCode, row.status)
			}
			for _, want := range row.has {
				if !strings.Contains(page, want) {
					t.Errorf("%q is missing in\n%s", want, page)
				}
			}
			for _, no := range row.not {
				if strings.Contains(page, no) {
					t.Errorf("%q is in\n%s", no, page)
				}
			}
		})
	}
	if page := body(t, get(t, address, "/kiem-tra/"+qr+"?serial=00012344&lang=en")); !strings.Contains(page, "belongs to code "+qr) || !strings.Contains(page, "serial=00012344") {
		t.Errorf("English, or the way back to Vietnamese with the number:\n%s", page)
	}
}

func TestStray_codesGetHelpAndNeverADestination(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	const invalid, unknown, ordinary = "Mã không hợp lệ, xin kiểm tra lại", "Không có mã", "Không tìm thấy"
	for _, row := range []struct{ path, want string }{
		{"/" + wrongCheck(w), invalid},
		{"/go/" + wrongCheck(w), invalid},
		{"/go/" + wrongCheck(w) + "/guide", invalid},
		{"/O" + w[1:], invalid},
		{"/go/" + w[:5], invalid},
		{"/go/" + w + "2", invalid},
		{"/go/", invalid},
		{"/" + string(ghostCode), unknown},
		{"/go/" + string(ghostCode), unknown},
		{"/go/" + string(ghostCode) + "/guide", unknown},
		{"/" + w[:3] + "-" + w[3:], w},
		{"/" + w[:3] + "%20" + w[3:], w},
		{"/%20" + w, w},
		{"/go/" + w[:3] + "%20" + w[3:], w},
		{"/" + w + ".", w},
		{"/khong-co-trang-nay", ordinary},
		{"/wp-login.php", ordinary},
		{"/" + w + "/x", ordinary},
		{"/x/" + w, ordinary},
		{"/abc", ordinary},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := get(t, address, row.path)
			page := body(t, got)
			if got.StatusCode != 404 && row.want != w || !strings.Contains(page, row.want) || got.Header.Get("Location") != "" {
				t.Errorf("%d, want 404 with %q in\n%s", got.StatusCode, row.want, page)
			}
			if search := strings.Contains(page, `name="ma"`); search != (row.want != ordinary) {
				t.Errorf("search box: %v", search)
			}
		})
	}
	if n := k.clicks.count(); n != 0 {
		t.Errorf("%d clicks recorded", n)
	}
}

// Every single-symbol error and every transposition that the check symbol can
// find is answered 404, and the code that was meant is among the suggestions.
func TestStray_everySlipIsFound(t *testing.T) {
	k := newKit(t)
	w := string(widgetCode)
	ask := func(typed string) {
		if _, err := referral.ParseCode(typed); err == nil {
			t.Errorf("%s passes for a code", typed)
		}
		found := suggest(typed, k.links.Load().Find)
		if len(found) == 0 || found[0].Code != widgetCode {
			t.Errorf("%s: %d suggestions", typed, len(found))
		}
	}
	for i := range w {
		for _, symbol := range referral.Alphabet {
			if s := w[:i] + string(symbol) + w[i+1:]; s != w {
				ask(s)
			}
		}
		if i+1 < len(w) && w[i] != w[i+1] {
			ask(w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:])
		}
	}
}

func TestSuggest_onlyCodesThatExist(t *testing.T) {
	links := sampleLinks(t)
	rapid.Check(t, func(t *rapid.T) {
		typed := tidy(rapid.String().Draw(t, "typed"))
		for _, link := range suggest(typed, links.Find) {
			if links.Find(link.Code) != link {
				t.Fatalf("%q: suggested %s", typed, link.Code)
			}
		}
	})
}

func FuzzTidy(f *testing.F) {
	for _, seed := range []string{"K7Q2PX", "k7q 2px", "K7Q–2PX", "https://h.vn/go/K7Q2PX/guide?x#y", "%4B7Q2PX", "K7Q2P0", "Ｋ７Ｑ２ＰＸ", "\xff\xfe", "%", "////", "Đ7Q2PX"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := tidy(typed)
		if got == "" {
			return
		}
		if len(got) < 5 || len(got) > 7 || strings.Trim(got, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("tidy(%q) = %q", typed, got)
		}
		if again := tidy(got); again != got {
			t.Errorf("tidy(%q) = %q, and again %q", typed, got, again)
		}
	})
}

func wrongCheck(code string) string {
	last := "2"
	if strings.HasSuffix(code, last) {
		last = "3"
	}
	return code[:5] + last
}

// hung is a registry whose database does not answer.
type hung struct{ Registry }

func (hung) RetiredAt(ctx context.Context, _ referral.Code) (time.Time, error) {
	<-ctx.Done()
	return time.Time{}, ctx.Err()
}

// A retired code is told of while the database does not answer.
func TestVerify_databaseHangs(t *testing.T) {
	app := newKit(t).another(t, func(d *Deps) { d.Registry = hung{} })
	answer, err := app.Test(httptest.NewRequest(fiber.MethodGet, "/kiem-tra/"+string(goneCode), nil), int(time.Minute/time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != fiber.StatusOK || !strings.Contains(string(page), string(goneCode)) {
		t.Errorf("%s, %v", answer.Status, err)
	}
}
