package health

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// errorWords are what pages say that come with 200 and are none: in lower case
// and NFC. They count in titles and headings, and in a short page anywhere.
var errorWords = []string{
	"không tìm thấy trang", "trang không tồn tại", "không tồn tại trang", "trang bạn tìm không", "trang bạn tìm kiếm không", "trang bạn yêu cầu không", "trang này không tồn tại",
	"không tìm thấy nội dung", "nội dung không tồn tại", "đường dẫn không tồn tại", "liên kết không tồn tại", "không tồn tại hoặc đã bị xóa", "không tồn tại hoặc đã bị xoá",
	"lỗi 404", "lỗi 500", "lỗi 502", "lỗi 503", "lỗi máy chủ", "lỗi hệ thống",
	"đang bảo trì", "bảo trì hệ thống", "tạm ngừng hoạt động", "ngừng hoạt động", "ngừng cung cấp dịch vụ", "tạm ngưng hoạt động", "đã ngưng hoạt động", "đã dừng hoạt động",
	"tên miền đã hết hạn", "tên miền này đã hết hạn", "tên miền hết hạn", "website đã hết hạn", "tài khoản đã bị tạm khóa", "trang web đã bị khóa", "tên miền này đang được rao bán",
	"404 not found", "error 404", "page not found", "403 forbidden", "500 internal server error", "502 bad gateway", "503 service unavailable", "504 gateway time",
	"under maintenance", "account suspended", "domain has expired", "domain is for sale", "this domain is parked", "welcome to nginx", "apache2 ubuntu default page", "apache2 debian default page", "iis windows server",
}

// shortPage is the number of characters of visible text up to which all of it
// is searched.
const shortPage = 400

// saysError reports whether a page says of itself that it is not there.
func saysError(source string) bool {
	heads, text := words(source)
	if holdsError(heads) {
		return true
	}
	return utf8.RuneCountInString(text) <= shortPage && holdsError(text)
}

func holdsError(text string) bool {
	text = strings.ToLower(norm.NFC.String(text))
	return slices.ContainsFunc(errorWords, func(w string) bool { return strings.Contains(text, w) })
}

// words returns the text of title and main headings, and the visible text of a
// page up to a little more than shortPage; space is made one.
func words(source string) (heads, text string) {
	var head, body strings.Builder
	within := ""
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return head.String(), body.String()
		case html.StartTagToken, html.EndTagToken:
			raw, _ := z.TagName()
			name := string(raw)
			if !slices.Contains([]string{"title", "h1", "h2", "script", "style", "noscript", "template", "option"}, name) {
				continue
			}
			if kind == html.EndTagToken {
				name = ""
			}
			within = name
		case html.TextToken:
			said := strings.Join(strings.Fields(string(z.Text())), " ")
			if said == "" || within == "script" || within == "style" || within == "template" || within == "option" {
				continue
			}
			if within == "title" || within == "h1" || within == "h2" {
				head.WriteString(said + " ")
			}
			if body.Len() < 8*shortPage {
				body.WriteString(said + " ")
			}
		}
	}
}
