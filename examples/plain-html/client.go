package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// client speaks to a running Lên Sàn.
type client struct{ base, key string }

// placement is the answer of POST and GET /api/v1/placements as far as it matters here.
type placement struct {
	Code     string
	URLs     struct{ Badge, Embed string }
	Snippets struct{ Badge, Text, Script, Iframe string }
}

// pageData fills the template. The snippets come from the server that the
// page is about, so they stand in it as they are.
type pageData struct {
	Base, Code, Embed    string
	Badges               []badge
	Text, Script, Iframe template.HTML
}

type badge struct {
	Title   string
	Snippet template.HTML
}

// placement returns the placement of a code, or makes a new one on a portal.
func (c client) placement(portal, code string) (p placement, err error) {
	if code != "" {
		return p, c.call("GET", "/placements/"+code, nil, &p)
	}
	if c.key == "" {
		return p, fmt.Errorf("thiếu khóa API: đặt LENSAN_API_KEY giống máy chủ / the API key is missing: set LENSAN_API_KEY as for the server")
	}
	err = c.call("GET", "/portals/"+portal, nil, nil)
	if status, ok := err.(statusError); ok && status.code == http.StatusNotFound {
		err = c.call("POST", "/portals", map[string]any{"id": portal, "name": "Cổng ví dụ", "province": "01", "hosts": []string{"localhost"}}, nil)
	}
	if err != nil {
		return p, err
	}
	return p, c.call("POST", "/placements", map[string]any{"portal": portal, "kind": "widget", "destination": "support_portal", "label": "plain-html"}, &p)
}

// styles are the looks to show; one that the server draws like the badge is
// one that it does not have.
var styles = []struct{ id, title string }{{"badge", "Huy hiệu"}, {"button", "Nút"}, {"card", "Thẻ"}}

var sizeOf = regexp.MustCompile(`<svg[^>]*\bwidth="(\d+)" height="(\d+)"`)

func (c client) page(p placement) (pageData, error) {
	page := pageData{Base: c.base, Code: p.Code, Embed: p.URLs.Embed, Text: template.HTML(p.Snippets.Text),
		Script: template.HTML(p.Snippets.Script), Iframe: template.HTML(p.Snippets.Iframe)}
	standard, err := c.get(p.URLs.Badge)
	if err != nil {
		return page, err
	}
	for _, s := range styles {
		snippet := p.Snippets.Badge
		if s.id != "badge" {
			address := p.URLs.Badge + "?style=" + s.id
			picture, err := c.get(address)
			if err != nil {
				return page, err
			}
			size := sizeOf.FindSubmatch(picture)
			if bytes.Equal(picture, standard) || size == nil {
				continue
			}
			snippet = strings.Replace(snippet, `src="`+p.URLs.Badge+`"`, `src="`+address+`"`, 1)
			snippet = regexp.MustCompile(`width="\d+" height="\d+"`).ReplaceAllString(snippet, fmt.Sprintf(`width="%s" height="%s"`, size[1], size[2]))
		}
		page.Badges = append(page.Badges, badge{s.title, template.HTML(snippet)})
	}
	return page, nil
}

type statusError struct {
	code int
	text string
}

func (e statusError) Error() string { return e.text }

func (c client) call(method, path string, body, out any) error {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, c.base+"/api/v1"+path, reader)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Content-Type", "application/json")
	raw, err := send(request)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

func (c client) get(address string) ([]byte, error) {
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return nil, err
	}
	return send(request)
}

func send(request *http.Request) ([]byte, error) {
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, statusError{response.StatusCode, fmt.Sprintf("%s %s: %s: %s", request.Method, request.URL, response.Status, raw)}
	}
	return raw, nil
}
