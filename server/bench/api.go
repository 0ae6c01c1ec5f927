package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lensan/server/referral"
)

// api talks to the real server as any client of its public API does.
type api struct {
	base, key string
	client    *http.Client
}

func newAPI() (*api, error) {
	return &api{key: rand.Text() + rand.Text(), client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// call sends a request and reads a JSON answer into out; any status but want
// is an error that quotes the answer.
func (a *api) call(ctx context.Context, method, path string, in, out any, want int) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != want {
		return fmt.Errorf("%s %s: %s: %.500s", method, path, response.Status, raw)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// degraded returns what the server says works less well than it should.
func (a *api) degraded(ctx context.Context) ([]string, error) {
	var answer struct{ Degraded []string }
	err := a.call(ctx, http.MethodGet, "/readyz", nil, &answer, http.StatusOK)
	return answer.Degraded, err
}

// ready waits until the server says that it is, and nothing degraded if all is
// to be whole.
func (a *api) ready(ctx context.Context, s *server, whole bool) (err error) {
	for start := time.Now(); time.Since(start) < startWait; {
		if !whole {
			err = a.call(ctx, http.MethodGet, "/readyz", nil, nil, http.StatusOK)
		} else if degraded, askErr := a.degraded(ctx); len(degraded) > 0 {
			err = fmt.Errorf("degraded: %v", degraded)
		} else {
			err = askErr
		}
		if err == nil {
			return nil
		}
		if ended := s.pause(ctx); ended != nil {
			return ended
		}
	}
	return err
}

// createPlacement creates a portal with a widget and returns the widget's code.
// In a database that lasts each run has a portal of its own.
func (a *api) createPlacement(ctx context.Context) (string, error) {
	portal := "bench-" + strings.ToLower(rand.Text()[:8])
	err := a.call(ctx, http.MethodPost, "/api/v1/portals", map[string]any{
		"id": portal, "name": "Bench", "province": "91", "hosts": []string{portal + ".angiang.gov.vn"},
	}, nil, http.StatusCreated)
	if err != nil {
		return "", err
	}
	var placement struct {
		Code string `json:"code"`
	}
	err = a.call(ctx, http.MethodPost, "/api/v1/placements", map[string]any{
		"portal": portal, "kind": "widget", "destination": "support_portal", "label": "Bench",
	}, &placement, http.StatusCreated)
	return placement.Code, err
}

// follow asks for a path once and returns where it leads.
func (a *api) follow(ctx context.Context, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return "", err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	location := response.Header.Get("Location")
	if response.StatusCode != http.StatusFound || location == "" {
		return "", fmt.Errorf("GET %s: %s to %q: %w", path, response.Status, location, ErrWrongAnswer)
	}
	return location, nil
}

// recorded returns how many clicks of a code the statistics hold from a day on, when all
// are applied, and how many the server says it lost or could not confirm.
func (a *api) recorded(ctx context.Context, from referral.Day, code string) (recorded, lost int64, err error) {
	var answer struct {
		Total struct {
			Recorded int64 `json:"recorded"`
		} `json:"total"`
		Lost        int64 `json:"lost"`
		Unconfirmed int64 `json:"unconfirmed"`
	}
	query := url.Values{"wait": {"applied"}, "from": {from.String()}, "to": {today().String()}, "placement": {code}}
	err = a.call(ctx, http.MethodGet, "/api/v1/stats?"+query.Encode(), nil, &answer, http.StatusOK)
	return answer.Total.Recorded, answer.Lost + answer.Unconfirmed, err
}

func today() referral.Day { return referral.DayOf(time.Now()) }
