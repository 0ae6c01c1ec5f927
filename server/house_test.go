package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which rooms a room may import; app and the commands may import all.
var allowed = map[string][]string{
	"referral":              {},
	"safely":                {},
	"text":                  {"referral"},
	"qr":                    {"referral"},
	"badge":                 {"referral"},
	"pdf":                   {},
	"poster":                {"referral", "qr", "text", "pdf"},
	"atlas":                 {"referral"},
	"export":                {"referral"},
	"report":                {"referral", "text", "stats", "atlas", "pdf", "export"},
	"outbox":                {"referral"},
	"alerts":                {"referral"},
	"mailing":               {"referral", "text", "report", "outbox"},
	"clicklog":              {"referral", "safely"},
	"clicklog/localjournal": {"clicklog", "referral"},
	"clicklog/jetstream":    {"clicklog", "referral"},
	"clicklog/fallback":     {"clicklog"},
	"classify":              {"referral"},
	"rollup":                {"referral", "clicklog", "classify", "safely"},
	"registry":              {"referral"},
	"access":                {"referral"},
	"signon":                {"referral", "access"},
	"wording":               {"referral", "text", "registry"},
	"stats":                 {"referral", "rollup"},
	"succession":            {"referral", "registry", "stats"},
	"store":                 {"referral", "registry", "access", "rollup", "stats", "health", "coverage", "signups", "outbox", "mailing", "alerts", "wording"},
	"figures":               {"referral", "stats", "coverage"},
	"backup":                {"referral"},
	"config":                {"referral", "outbox"},
	"demo":                  {"referral", "classify", "registry", "rollup", "stats", "signups", "coverage", "health"},
	"bench":                 {"referral", "text"},
	"web":                   {"referral", "text", "atlas", "safely"},
	"probe":                 {"referral"},
	"health":                {"referral", "probe", "safely"},
	"signups":               {"referral", "safely"},
	"coverage":              {"referral", "probe", "web/inspect", "safely"},
	"web/cms":               {"web", "referral", "text"},
	"web/inspect":           {"referral"},
	"web/public":            {"web", "web/cms", "web/inspect", "referral", "text", "qr", "badge", "figures", "atlas", "export"},
	"web/api":               {"web", "referral", "text", "registry", "access", "stats", "rollup", "health", "coverage", "signups", "succession", "wording"},
	"web/dashboard":         {"web", "referral", "text", "registry", "access", "stats", "rollup", "atlas", "health", "coverage", "export", "report", "outbox", "mailing", "alerts", "succession", "wording", "signups", "safely"},
}

func TestArrowsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "lensan/server/"
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room, ok := strings.CutPrefix(p.ImportPath, prefix)
		if !ok || room == "app" || room == "testkit" {
			continue
		}
		may, known := allowed[room]
		if !known {
			t.Errorf("room %s is not in the table", room)
			continue
		}
		seen++
		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, prefix); ours && !slices.Contains(may, other) {
				t.Errorf("%s imports %s", room, other)
			}
			if room == "referral" && strings.Contains(imported, ".") {
				t.Errorf("referral imports %s: only the standard library is allowed", imported)
			}
		}
	}
	if seen < len(allowed)/2 {
		t.Errorf("only %d rooms seen", seen)
	}
}
