package health

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestSaysError(t *testing.T) {
	long := strings.Repeat("<p>Sàn nông sản Việt: đăng ký bán hàng, giao hàng toàn quốc, hỗ trợ bà con từ khâu chụp ảnh tới đóng gói.</p>", 20)
	for page, want := range map[string]bool{
		"<title>Postmart</title>" + long:                                                    false,
		"<title>Không tìm thấy trang</title>" + long:                                        true,
		norm.NFD.String("<title>Trang không tồn tại</title>") + long:                        true,
		"<h1>LỖI 404</h1>" + long:                                                           true,
		"<h1>Kh&ocirc;ng t&igrave;m thấy trang</h1>" + long:                                 true,
		"<body>Website đang bảo trì, mời bà con quay lại sau.</body>":                       true,
		"<body>Tên miền này đã hết hạn</body>":                                              true,
		long + "<p>Gói hàng lạc? Trang bạn tìm không có thì báo lỗi 404 cho chúng tôi.</p>": false,
		"<script>var e='lỗi 404'</script><h1>Chào mừng</h1>":                                false,
		"<select><option>lỗi 404</option></select><h1>Phản ánh</h1>" + long:                 false,
		"<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>":                        true,
		"": false,
		"<h1>Dịch vụ này đã ngừng hoạt động từ 2023</h1>" + long:                            true,
		"<title>Hướng dẫn bảo trì máy cày</title><h1>Bảo trì máy cày đúng cách</h1>" + long: false,
	} {
		if got := saysError(page); got != want {
			t.Errorf("%.60s: %v", page, got)
		}
	}
}

// Whatever a page holds, reading it ends and bounds what is kept.
func FuzzSaysError(f *testing.F) {
	for _, s := range []string{"", "<title>lỗi 404", "<h1>x</h1><script>", "<title></h1><h2>", "\x00\xff", "<textarea>lỗi 404"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		heads, text := words(page)
		if len(text) > 8*shortPage+2*len(page)+2 || len(heads) > 2*len(page)+2 {
			t.Errorf("%d and %d bytes of %d", len(heads), len(text), len(page))
		}
		saysError(page)
	})
}
