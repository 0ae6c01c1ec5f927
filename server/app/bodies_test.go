package app

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Nobody holds the places of large bodies against those who have a session or a
// key, whatever they call themselves.
func TestLargeBodies_ofThoseWhoAreKnown(t *testing.T) {
	w := newWorld(t)
	// announce sends all of a request but its body, and reads the first answer.
	announce := func(path, kind, header string, length int) (net.Conn, *bufio.Reader, int) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
		fatal(t, err)
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\n%s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, kind, header, length)
		r := bufio.NewReader(conn)
		answer, err := http.ReadResponse(r, nil)
		fatal(t, err)
		return conn, r, answer.StatusCode
	}
	const form, stranger = "application/x-www-form-urlencoded", "Authorization: Bearer lsk_x\r\nCookie: lensan-session=x"
	for range 20 {
		announce("/thong-ke/nhap/cong", form, stranger, 100_000)
	}
	large := strings.Repeat("x", 100_000)
	for name, row := range map[string]struct {
		path, kind, header, body string
		want                     int
	}{
		"a stranger": {"/kiem-tra/bao-cao", form, stranger, "note=" + large, http.StatusRequestEntityTooLarge},
		"a key":      {"/api/v1/portals:import", "text/csv", "Authorization: Bearer " + w.keys["editor"], large, http.StatusUnprocessableEntity},
		"a session": {"/thong-ke/nhap/cong", form, "Cookie: lensan-session=" + w.cookies["editor"],
			url.Values{"csrf": {w.csrf["editor"]}, "table": {large}}.Encode(), http.StatusUnprocessableEntity},
	} {
		conn, r, status := announce(row.path, row.kind, row.header, len(row.body))
		if status == http.StatusContinue {
			fmt.Fprint(conn, row.body) // fails where the refusal has gone out already
			answer, err := http.ReadResponse(r, nil)
			fatal(t, err)
			status = answer.StatusCode
		}
		if status != row.want {
			t.Errorf("%s: %d", name, status)
		}
	}
}
