package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/assets"
	"lensan/server/app"
	"lensan/server/config"
	"lensan/server/text"
)

const adminKey = "test-key-of-sixteen-symbols"

// startServer starts Lên Sàn on a free port and returns its address.
func startServer(t *testing.T) string {
	t.Helper()
	texts, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config{Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Data: t.TempDir(), APIKey: adminKey, CommitWait: time.Second}
	a, err := app.New(t.Context(), c, app.Options{Texts: texts, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return "http://" + a.Addr().String()
}

// call asks the API as its admin.
func call(t *testing.T, base, method, path, body string) (answer map[string]any) {
	t.Helper()
	r, err := http.NewRequest(method, base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminKey)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 || json.Unmarshal(raw, &answer) != nil {
		t.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, raw, err)
	}
	return answer
}

func TestReport(t *testing.T) {
	base := startServer(t)
	call(t, base, "POST", "/portals", `{"id":"so","name":"Sở","province":"91"}`)
	code := call(t, base, "POST", "/placements", `{"portal":"so","kind":"qr","destination":"postmart"}`)["code"].(string)
	made := call(t, base, "POST", "/keys", `{"label":"Postmart","role":"marketplace","destination":"postmart"}`)
	key, number := made["secret"].(string), int(made["id"].(float64))
	sample, err := os.ReadFile("report.csv")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	today := time.Now().UTC().Add(7 * time.Hour).Format(time.DateOnly)
	text := strings.NewReplacer("K7Q2PX", code, "2026-11-24", today).Replace(string(sample))
	write(text)
	send := func(sign int, reason, want string) {
		t.Helper()
		var out bytes.Buffer
		err := run(base, key, sign, "đêm", reason, file, &out)
		if err != nil {
			out.WriteString(err.Error())
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, want %s", out.String(), err, want)
		}
	}
	send(0, "", `"outcome":"created"`)
	send(0, "", `"outcome":"same"`)
	send(number, "", `"outcome":"same"`)
	write(strings.Replace(text, "signup,3", "signup,5", 1))
	send(number, "", "409")
	send(number, "Đếm lại", `"outcome":"corrected"`)
	write("ngày,mã,bước,số\n")
	send(0, "", "day,code,stage,count")
	total := call(t, base, "GET", "/stats", "")["total"].(map[string]any)
	if total["signups"] != 5.0 || total["recorded"] != 0.0 {
		t.Errorf("%v", total)
	}
}
