// Command plain-html makes one page with every form of the link and serves it:
// it asks a running Lên Sàn for a portal and a placement, then fills
// page.template.html. It uses nothing but Go's own library.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"os"
	"strings"
)

//go:embed page.template.html
var pageTemplate string

func main() {
	base := flag.String("url", or(os.Getenv("LENSAN_BASE_URL"), "http://localhost:8080"), "địa chỉ Lên Sàn / address of Lên Sàn")
	key := flag.String("key", os.Getenv("LENSAN_API_KEY"), "khóa API quản trị / admin API key")
	portal := flag.String("portal", "vi-du", "mã cổng, tạo mới nếu chưa có / portal, made if it does not exist")
	code := flag.String("code", "", "dùng mã có sẵn / use a code that exists")
	out := flag.String("out", "page.html", "tệp trang làm ra / page to write")
	listen := flag.String("listen", "127.0.0.1:0", "nơi phục vụ trang, rỗng: không phục vụ / where to serve, empty: do not")
	flag.Parse()
	if err := run(client{strings.TrimSuffix(*base, "/"), *key}, *portal, *code, *out, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "plain-html:", err)
		os.Exit(1)
	}
}

func run(c client, portal, code, out, listen string) error {
	placed, err := c.placement(portal, code)
	if err != nil {
		return err
	}
	page, err := c.page(placed)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := template.Must(template.New("page").Parse(pageTemplate)).Execute(&b, page); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
		return err
	}
	fmt.Println("đã ghi / written:", out)
	if listen == "" {
		return nil
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Println("mở / open: http://" + l.Addr().String())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, out)
	}))
}

func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
