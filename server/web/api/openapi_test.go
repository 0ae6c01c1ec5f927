package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"lensan/server/web/api"
)

// document is openapi.json; strict is the same with every object of an answer
// closed, so that a field that is not described is found.
var document, strict = load(), closed(load())

var router = newRouter()

func load() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI)
	if err != nil {
		panic(err)
	}
	return doc
}

func closed(doc *openapi3.T) *openapi3.T {
	no := false
	for _, s := range doc.Components.Schemas {
		if len(s.Value.Properties) > 0 {
			s.Value.AdditionalProperties.Has = &no
		}
		for _, p := range s.Value.Properties {
			if p.Value.Items != nil && len(p.Value.Items.Value.Properties) > 0 {
				p.Value.Items.Value.AdditionalProperties.Has = &no
			}
		}
	}
	return doc
}

func newRouter() routers.Router {
	r, err := legacy.NewRouter(strict)
	if err != nil {
		panic(err)
	}
	return r
}

// exercised collects the operations that were answered, by status.
var exercised = struct {
	sync.Mutex
	by map[string]map[int]bool
}{by: map[string]map[int]bool{}}

// conform checks an answer, and the request if it was accepted.
func conform(req *http.Request, reqBody string, resp *http.Response, body []byte) error {
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode >= 400 && !strings.HasPrefix(ct, "application/problem+json") && req.Method != http.MethodHead {
		return fmt.Errorf("status %d with Content-Type %q", resp.StatusCode, ct)
	}
	if resp.StatusCode == http.StatusMethodNotAllowed || resp.StatusCode == http.StatusNotFound && strings.HasSuffix(req.URL.Path, "/") {
		return nil // the router takes "/portals/" for a portal without an id
	}
	asked := req
	if req.Method == http.MethodHead {
		if len(body) > 0 {
			return fmt.Errorf("HEAD is answered with %d bytes", len(body))
		}
		asked = req.Clone(context.Background())
		asked.Method = http.MethodGet
	}
	route, params, err := router.FindRoute(asked)
	if err != nil {
		if resp.StatusCode < 400 {
			return fmt.Errorf("answered %d and not described: %w", resp.StatusCode, err)
		}
		return nil // 404 of what is not there
	}
	exercised.Lock()
	id := route.Operation.OperationID
	if exercised.by[id] == nil {
		exercised.by[id] = map[int]bool{}
	}
	exercised.by[id][resp.StatusCode] = true
	exercised.Unlock()
	again := req.Clone(context.Background())
	again.Body = http.NoBody
	if reqBody != "" {
		again, _ = http.NewRequest(req.Method, req.URL.String(), strings.NewReader(reqBody))
		again.Header = req.Header
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		ExcludeRequestBody: strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/") || strings.HasPrefix(req.Header.Get("Content-Type"), "text/csv")}
	in := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: options}
	if resp.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return fmt.Errorf("a request was accepted that is not described: %w", err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: options}
	return openapi3filter.ValidateResponse(context.Background(), out.SetBodyBytes(body))
}

func TestMain(m *testing.M) {
	code := m.Run()
	if whole := !slices.ContainsFunc(os.Args, func(a string) bool { return strings.HasPrefix(a, "-test.run=") && a != "-test.run=" }); code == 0 && whole {
		if missing := unexercised(); len(missing) > 0 {
			fmt.Println("no test has seen these operations succeed:", strings.Join(missing, ", "))
			code = 1
		}
	}
	os.Exit(code)
}

func unexercised() (missing []string) {
	for _, item := range document.Paths.Map() {
		for _, o := range item.Operations() {
			seen := exercised.by[o.OperationID]
			if !seen[200] && !seen[201] && !seen[204] {
				missing = append(missing, o.OperationID)
			}
		}
	}
	sort.Strings(missing)
	return missing
}

func TestOpenAPI_isValidWithItsExamples(t *testing.T) {
	if err := document.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	for path, item := range document.Paths.Map() {
		for method, o := range item.Operations() {
			if o.RequestBody != nil {
				for media, m := range o.RequestBody.Value.Content {
					if m.Example == nil && media != "multipart/form-data" {
						t.Errorf("%s %s: no example of %s", method, path, media)
					}
				}
			}
			for status, r := range o.Responses.Map() {
				for _, m := range r.Value.Content {
					if path != "/openapi.json" && m.Schema.Value.Example == nil {
						t.Errorf("%s %s: no example of a %s", method, path, status)
					}
				}
			}
		}
	}
}

func TestOpenAPI_andRoutesAgree(t *testing.T) {
	k := newKit(t)
	described := map[string][]string{}
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			described[path] = append(described[path], method)
		}
	}
	for _, o := range k.api.Operations() {
		if !slices.Contains(described[o.Path], o.Method) {
			t.Errorf("%s %s is registered and not described", o.Method, o.Path)
		}
	}
	filled := strings.NewReplacer("{id}", "1", "{code}", "K7Q2PX", "{lang}", "vi", "{key}", "public.hub.title")
	for path, methods := range described {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			a := k.do(request{role: "env", method: method, path: filled.Replace(path)})
			want := slices.Contains(methods, method) || method == "HEAD" && slices.Contains(methods, "GET")
			if got := a.status != 405; got != want {
				t.Errorf("%s %s: status %d", method, path, a.status)
			}
			if a.status == 405 {
				allow := strings.Split(a.header.Get("Allow"), ", ")
				sort.Strings(allow)
				all := slices.Clone(methods)
				if slices.Contains(all, "GET") {
					all = append(all, "HEAD")
				}
				sort.Strings(all)
				if !slices.Equal(allow, all) {
					t.Errorf("%s %s: Allow is %v, want %v", method, path, allow, all)
				}
			}
		}
	}
}

func TestOpenAPI_isServedToEveryone(t *testing.T) {
	k := newKit(t)
	a := k.get("", "/openapi.json").want(200)
	if a.body != string(api.OpenAPI) || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type %s, %d bytes", a.header.Get("Content-Type"), len(a.body))
	}
}

// The check itself must find faults.
func TestConform_findsFaults(t *testing.T) {
	req, err := http.NewRequest("GET", api.Prefix+"/campaigns/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	good := `{"id":"x","name":"x","from":null,"to":null,"poster_texts":{},"created_at":"2026-11-24T01:30:00Z","updated_at":"2026-11-24T01:30:00Z"}`
	for body, ok := range map[string]bool{
		good:                                     true,
		strings.Replace(good, `{`, `{"a":1,`, 1): false,
		strings.Replace(good, `"name":"x",`, ``, 1): false,
		strings.Replace(good, `"x"`, `1`, 1):        false,
	} {
		err := conform(req, "", &http.Response{StatusCode: 200, Header: header}, []byte(body))
		if (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
	if err := conform(req, "", &http.Response{StatusCode: 418, Header: http.Header{"Content-Type": {"application/problem+json"}}}, []byte(`{}`)); err == nil {
		t.Error("an undescribed status passes")
	} else if errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
