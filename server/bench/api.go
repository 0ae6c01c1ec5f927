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

// ready waits until the server says that it is.
func (a *api) ready(ctx context.Context, s *server) (err error) {
	for start := time.Now(); time.Since(start) < startWait; {
		if err = a.call(ctx, http.MethodGet, "/readyz", nil, nil, http.StatusOK); err == nil {
			return nil
		}
		if ended := s.pause(ctx); ended != nil {
			return ended
		}
	}
	return err
}

// createPlacement creates a portal with a widget and returns the widget's code.
func (a *api) createPlacement(ctx context.Context) (string, error) {
	err := a.call(ctx, http.MethodPost, "/api/v1/portals", map[string]any{
		"id": "bench", "name": "Bench", "province": "91", "hosts": []string{"stttt.angiang.gov.vn"},
	}, nil, http.StatusCreated)
	if err != nil {
		return "", err
	}
	var placement struct {
		Code string `json:"code"`
	}
	err = a.call(ctx, http.MethodPost, "/api/v1/placements", map[string]any{
		"portal": "bench", "kind": "widget", "destination": "support_portal", "label": "Bench",
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

// recorded returns how many clicks the statistics hold from a day on, when all
// are applied, and how many the server says it lost or could not confirm.
func (a *api) recorded(ctx context.Context, from referral.Day) (recorded, lost int64, err error) {
	var answer struct {
		Total struct {
			Recorded int64 `json:"recorded"`
		} `json:"total"`
		Lost        int64 `json:"lost"`
		Unconfirmed int64 `json:"unconfirmed"`
	}
	query := url.Values{"wait": {"applied"}, "from": {from.String()}, "to": {today().String()}}
	err = a.call(ctx, http.MethodGet, "/api/v1/stats?"+query.Encode(), nil, &answer, http.StatusOK)
	return answer.Total.Recorded, answer.Lost + answer.Unconfirmed, err
}

func today() referral.Day { return referral.DayOf(time.Now()) }
