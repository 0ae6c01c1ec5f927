package public

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeen(t *testing.T) {
	w, l := string(widgetCode), string(linkCode)
	day := " 2026-11-24 "
	for _, row := range []struct {
		name, body, headers string
		status              int
		want                map[string]int64
	}{
		{"one badge", `{"p":[["` + w + `",1]]}`, "Origin: https://Tin.angiang.gov.vn\r\n", 204, map[string]int64{"views " + w + day + "tin.angiang.gov.vn": 1}},
		{"referer", `{"p":[["` + w + `",1]]}`, "Origin: null\r\nReferer: https://a.gov.vn/x\r\n", 204, map[string]int64{"views " + w + day + "a.gov.vn": 1}},
		{"several", ` { "p" : [ ["` + strings.ToLower(w) + `", 2] , ["` + l + `",100] ] } ` + "\n", "", 204, map[string]int64{"views " + w + day: 2, "views " + l + day: 100}},
		{"unknown code", `{"p":[["` + string(ghostCode) + `",1],["zz",1],["` + w + `",1]]}`, "", 204, map[string]int64{"views " + w + day: 1}},
		{"none", `{"p":[]}`, "", 204, nil},
		{"our own page", `{"p":[["` + w + `",1]]}`, "Origin: https://len.example.vn\r\n", 204, nil},
		{"empty", ``, "", 400, nil},
		{"half", `{"p":[["` + w + `",1]`, "", 400, nil},
		{"twice", `{"p":[["` + w + `",1]]}{"p":[]}`, "", 400, nil},
		{"another key", `{"p":[["` + w + `",1]],"q":1}`, "", 400, nil},
		{"nought", `{"p":[["` + w + `",0]]}`, "", 400, nil},
		{"many", `{"p":[["` + w + `",101]]}`, "", 400, nil},
		{"more than a page shows", `{"p":[["` + w + `",100],["` + l + `",100],["` + w + `",1]]}`, "", 400, nil},
		{"negative", `{"p":[["` + w + `",-1]]}`, "", 400, nil},
		{"fraction", `{"p":[["` + w + `",1.5]]}`, "", 400, nil},
		{"leading nought", `{"p":[["` + w + `",01]]}`, "", 400, nil},
		{"good, then bad", `{"p":[["` + w + `",1],["` + w + `"]]}`, "", 400, nil},
		{"text", `hello`, "", 400, nil},
		{"long", `{"p":[` + strings.Repeat(" ", 5000) + `]}`, "", 413, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := newKit(t)
			address := k.serve(t)
			got := ask(t, address, fmt.Sprintf("POST /v1/seen HTTP/1.1\r\nHost: len.example.vn\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n%s", row.headers, len(row.body), row.body))
			if got.StatusCode != row.status {
				t.Errorf("status %d, want %d", got.StatusCode, row.status)
			}
			if diff := cmp.Diff(row.want, k.views.all()); diff != "" {
				t.Error(diff)
			}
			if malformed := row.status >= 400; malformed != (k.malformed.Load() == 1) {
				t.Errorf("%d malformed", k.malformed.Load())
			}
		})
	}
}

func TestSeen_picturesAreCountedApart(t *testing.T) {
	k := newKit(t)
	address := k.serve(t)
	w := string(widgetCode)
	get(t, address, "/b/"+w+".svg", "Referer: https://a.gov.vn/")
	get(t, address, "/f/"+w, "Referer: https://b.gov.vn/")
	get(t, address, "/b/"+w+".svg", "Referer: https://len.example.vn/f/"+w)
	get(t, address, "/b/"+string(ghostCode)+".svg", "Referer: https://a.gov.vn/")
	want := map[string]int64{"loads " + w + " 2026-11-24 a.gov.vn": 1, "loads " + w + " 2026-11-24 b.gov.vn": 1}
	if diff := cmp.Diff(want, k.views.all()); diff != "" {
		t.Error(diff)
	}
}

func TestSeen_oneAddressIsLimited(t *testing.T) {
	k := newKit(t)
	conn, err := net.Dial("tcp", k.serve(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for i := range viewsPerMinute + 1 {
		fmt.Fprint(conn, "POST /v1/seen HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n{\"p\":[]}")
		got, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, got.Body)
		if want := map[bool]int{true: 204, false: 429}[i < viewsPerMinute]; got.StatusCode != want {
			t.Fatalf("request %d: %d, want %d", i, got.StatusCode, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{"113.161.7.9": "113.161.7.9", "2405:4800:1:2:3:4:5:6": "2405:4800:1:2::/64"} {
		if got := network(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// Whatever is accepted is JSON of the stated shape and says the same.
func FuzzParseSeen(f *testing.F) {
	for _, seed := range []string{`{"p":[["K7Q2PX",1]]}`, `{"p":[]}`, ` {"p" : [["k7q2px", 12 ],["",1]] } `, `{"p":[["\u0041",1]]}`, `{"p":[["K",1],]}`,
		`{"p":[[[["K",1]]]]}`, `{"p":[["K",1e9]]}`, `{"p":[["K",99999999999999999999]]}`, "{\"p\":[[\"\xff\",1]]}", `{"p":null}`, `[]`, `{"p":[["K",1]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		seen, ok := parseSeen(body)
		if !ok {
			return
		}
		var same struct{ P [][2]any }
		if err := json.Unmarshal(body, &same); err != nil || len(same.P) != len(seen) {
			t.Fatalf("%q was accepted: %v", body, err)
		}
		for i, s := range seen {
			code, _ := same.P[i][0].(string)
			if n, _ := same.P[i][1].(float64); int64(n) != s.times || s.code != "" && !strings.EqualFold(code, string(s.code)) {
				t.Errorf("%q: pair %d read as %v", body, i, s)
			}
		}
	})
}
