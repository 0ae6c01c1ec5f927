package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
)

func TestAuthorization(t *testing.T) {
	k := newKit(t)
	for header, want := range map[string]int{
		"Bearer " + adminKey:        200,
		"bearer " + adminKey:        200,
		"Bearer  " + adminKey + " ": 200,
		"Bearer":                    401,
		"Bearer ":                   401,
		adminKey:                    401,
		"Basic YWRtaW46eA==":        401,
		"Bearer " + adminKey + "x":  401,
		"Bearer " + adminKey[:5]:    401,
		"Bearer lsk_":               401,
	} {
		a := k.do(request{method: "GET", path: "/keys", header: []string{"Authorization: " + header}})
		if a.status != want {
			t.Errorf("%q: status %d, want %d", header, a.status, want)
		}
		if want == 401 && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer realm=") {
			t.Errorf("%q: WWW-Authenticate is %q", header, a.header.Get("WWW-Authenticate"))
		}
		if strings.Contains(a.body, adminKey) {
			t.Errorf("the key comes back: %s", a.body)
		}
	}
	k.do(request{method: "GET", path: "/keys?key=" + adminKey}).want(401)
}

func TestLanguages(t *testing.T) {
	k := newKit(t)
	for accept, want := range map[string]string{
		"": "vi", "vi": "vi", "en": "en", "en-GB,en;q=0.9": "en", "fr": "vi", "en;q=0.4, vi;q=0.8": "vi", "*": "vi",
	} {
		a := k.do(request{role: "env", method: "POST", path: "/portals", body: `{}`, header: []string{"Accept-Language: " + accept}}).want(422)
		title := map[string]string{"vi": "Dữ liệu chưa hợp lệ", "en": "Not valid"}[want]
		if got := a.header.Get("Content-Language"); got != want || want == "vi" && a.str("title") != title {
			t.Errorf("%q: %s %s", accept, got, a.str("title"))
		}
		if a.faults() != "/province required, /id required, /name required" {
			t.Errorf("codes follow the language: %s", a.faults())
		}
	}
}

func TestHead(t *testing.T) {
	k := newKit(t)
	for path, want := range map[string]int{"/portals": 200, "/openapi.json": 200, "/portals/none": 404, "/nothing": 404, "/portals/x/merge": 405} {
		k.do(request{role: "env", method: "HEAD", path: path}).want(want)
	}
	k.do(request{method: "HEAD", path: "/portals"}).want(401)
}

func TestUnknownAddresses(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{"", "/", "/nothing", "/portals/", "/Portals", "/portals/x/y/z", "/placements:export", "/placementsimport", "/destinations//"} {
		a := k.do(request{role: "env", method: "GET", path: path})
		if a.status != 404 || a.header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%q: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
}

func TestAnswersAreNotKept(t *testing.T) {
	k := newKit(t)
	for _, a := range []answer{k.get("env", "/keys"), k.get("", "/keys"), k.get("env", "/portals/none")} {
		if a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("status %d: Cache-Control %q", a.status, a.header.Get("Cache-Control"))
		}
	}
}

func TestUnknownParametersAreRefused(t *testing.T) {
	k := newKit(t)
	k.portals()
	before := k.version()
	for _, r := range []request{
		{role: "env", method: "GET", path: "/destinations?limit=1"},
		{role: "env", method: "GET", path: "/portals/stttt-an-giang?fields=id"},
		{role: "env", method: "POST", path: "/portals?dry_run=1", body: `{"id":"x","name":"x","province":"91"}`},
	} {
		_, name, _ := strings.Cut(r.path, "?")
		name, _, _ = strings.Cut(name, "=")
		if got := k.do(r).want(422).faults(); got != "/"+name+" query_unknown" {
			t.Error(got)
		}
	}
	if k.version() != before {
		t.Error("something was written")
	}
}

func TestDatabaseLocked(t *testing.T) {
	k := newKit(t)
	k.portals()
	other, err := store.OpenSQLite(k.path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.Write(context.Background(), func(registry.Tx) error {
		k.get("env", "/portals/stttt-an-giang").want(200)
		a := k.patch("env", "/portals/stttt-an-giang", `{"name":"x"}`).want(503)
		if strings.Contains(strings.ToLower(a.body), "sqlite") || strings.Contains(a.body, "locked") {
			t.Errorf("internal text shows: %s", a.body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	k.patch("env", "/portals/stttt-an-giang", `{"name":"x"}`).want(200)
}

// A body that is too long is refused when it is announced. Nothing of it is sent
// here: who is still sending may meet the end of the connection before the answer.
func TestBodyOverTheServersLimit(t *testing.T) {
	k := newKit(t)
	address, err := url.Parse(k.serve() + "/portals:import")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n", address.Path, address.Host, 11<<20)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 413 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("%d %s %s %v", resp.StatusCode, resp.Header, raw, err)
	}
}

// serve puts the application on a real socket and returns the API's address.
func (k *kit) serve() string {
	k.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- k.app.Listener(ln) }()
	k.t.Cleanup(func() {
		k.app.Shutdown()
		<-served
	})
	return "http://" + ln.Addr().String() + "/api/v1"
}

// Fiber uses its buffers again: no answer and no row may hold another's data.
func TestConcurrentRequestsKeepApart(t *testing.T) {
	k := newKit(t)
	k.portals()
	const workers, each = 16, 12
	url := k.serve() + "/"
	call := func(method, path, body string) (int, map[string]any) {
		req, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0, nil
		}
		req.Header.Set("Authorization", "Bearer "+adminKey)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return 0, nil
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body)
		var v map[string]any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Error(err)
		}
		return resp.StatusCode, v
	}
	var wg sync.WaitGroup
	labels := sync.Map{} // code → label
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				label := fmt.Sprintf("vị trí %d-%d %s", w, i, strings.Repeat(string(rune('a'+w)), 5+i))
				status, made := call("POST", "placements", fmt.Sprintf(`{"portal":"stttt-an-giang","kind":"qr","destination":"hub","label":%q}`, label))
				if status != 201 || made["label"] != label {
					t.Errorf("%d: %v, want %s", status, made["label"], label)
					continue
				}
				labels.Store(made["code"], label)
				status, patched := call("PATCH", "placements/"+made["code"].(string), fmt.Sprintf(`{"label":%q,"reason":%q}`, label+"!", "lý do "+label))
				if status != 200 || patched["label"] != label+"!" || patched["code"] != made["code"] {
					t.Errorf("%d: %v", status, patched)
				}
				missing := fmt.Sprintf("none-%d-%d", w, i)
				if status, problem := call("GET", "portals/"+missing, ""); status != 404 || problem["instance"] != "/api/v1/portals/"+missing || !strings.Contains(problem["detail"].(string), missing) {
					t.Errorf("%d: %v", status, problem)
				}
			}
		})
	}
	wg.Wait()
	count := 0
	labels.Range(func(code, label any) bool {
		count++
		c := k.code(code.(string))
		p, err := k.registry.Placement(context.Background(), referral.Actor{Role: referral.RoleAdmin}, c)
		if err != nil || p.Label != label.(string)+"!" {
			t.Errorf("%s: %q, %v", code, p.Label, err)
		}
		h, _, err := k.registry.History(context.Background(), referral.Actor{Role: referral.RoleAdmin}, "placement", string(c), registry.Page{})
		if err != nil || len(h) != 2 || h[0].Reason != "lý do "+label.(string) {
			t.Errorf("%s: %+v, %v", code, h, err)
		}
		return true
	})
	if count != workers*each {
		t.Errorf("%d placements, want %d", count, workers*each)
	}
}
