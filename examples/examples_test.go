package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"lensan/assets"
	"lensan/server/badge"
	"lensan/server/testkit"
	"lensan/server/text"
	"lensan/server/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const host, code = "https://lensan.example.vn", "K7Q2PX"

// look is a snippet as the server hands it out.
type look struct {
	Lang  string `json:"lang"`
	Style string `json:"style"`
	Badge string `json:"badge"`
	Text  string `json:"text"`
}

func published(t *testing.T) (looks []look, script string) {
	t.Helper()
	b, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Languages {
		for _, style := range badge.Styles() {
			width, height := badge.Size(badge.Options{Style: style})
			s := web.NewSnippets(host, code, b.In(lang), web.Look{Style: style, Width: width, Height: height})
			looks, script = append(looks, look{lang, style, s.Badge, s.Text}), s.Script
		}
	}
	return looks, script
}

// TestGolden keeps what the PHP tests expect equal to what the server hands out.
func TestGolden(t *testing.T) {
	looks, script := published(t)
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{"host": host, "code": code, "script": script, "looks": looks}); err != nil {
		t.Fatal(err)
	}
	const path = "testdata/snippets.json"
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Error(diff)
	}
}

// php reports whether PHP is here; where everything is promised it must be.
func php(t *testing.T) bool {
	t.Helper()
	return testkit.Has(t, "php")
}

func files(t *testing.T, match func(name string) bool) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (name == "dist" || name == "deploy") {
			return fs.SkipDir
		}
		if !entry.IsDir() && match(name) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPHP_lint(t *testing.T) {
	if !php(t) {
		return
	}
	names := files(t, func(name string) bool { return filepath.Ext(name) == ".php" })
	if len(names) < 20 {
		t.Fatalf("only %d PHP files", len(names))
	}
	for _, name := range names {
		if out, err := exec.Command("php", "-l", name).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestPHP_packages(t *testing.T) {
	if !php(t) {
		return
	}
	for _, folder := range []string{"nukeviet", "wordpress", "joomla", "drupal"} {
		t.Run(folder, func(t *testing.T) {
			out, err := exec.Command("php", "-d", "display_errors=stderr", folder+"/test.php").CombinedOutput()
			if err != nil || !strings.Contains(string(out), " passed, 0 failed") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestSnippet_copies checks that the packages differ by their namespace only.
func TestSnippet_copies(t *testing.T) {
	namespace := regexp.MustCompile(`(?m)^namespace .*;$`)
	first := ""
	names := files(t, func(name string) bool { return filepath.Base(name) == "Snippet.php" })
	if len(names) != 4 {
		t.Fatalf("%d copies", len(names))
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		body := namespace.ReplaceAllString(string(raw), "namespace X;")
		if first == "" {
			first = body
		}
		if diff := cmp.Diff(first, body); diff != "" {
			t.Errorf("%s differs from %s:\n%s", name, names[0], diff)
		}
	}
}

func TestFiles_wellFormed(t *testing.T) {
	for _, name := range files(t, func(name string) bool { return true }) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		isText := !slices.Contains([]string{".png", ".zip"}, filepath.Ext(name))
		if isText && !norm.NFC.IsNormal(raw) {
			t.Errorf("%s is not NFC", name)
		}
		switch {
		case filepath.Ext(name) == ".json":
			if !json.Valid(raw) {
				t.Errorf("%s is not JSON", name)
			}
		case filepath.Ext(name) == ".xml", strings.HasPrefix(filepath.Base(name), "global.") && filepath.Ext(name) == ".ini":
			for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Errorf("%s is not XML: %v", name, err)
					break
				}
			}
		}
	}
}

// TestLiferay_texts checks the fragment for the parts of every snippet, since
// its template runs inside Liferay only.
func TestLiferay_texts(t *testing.T) {
	raw, err := os.ReadFile("liferay/lensan/fragments/badge/index.html")
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := os.ReadFile("liferay/lensan/fragments/badge/configuration.json")
	if err != nil {
		t.Fatal(err)
	}
	fragment, attribute := string(raw), regexp.MustCompile(` (?:alt|width|height|target|rel|loading)="[^"]*"`)
	looks, _ := published(t)
	for _, l := range looks {
		for _, part := range attribute.FindAllString(l.Badge, -1) {
			part = strings.TrimSpace(part)
			if words, isAlt := strings.CutPrefix(part, "alt="); isAlt {
				part = words
			}
			if !strings.Contains(fragment, part) {
				t.Errorf("%s %s: the fragment lacks %s", l.Lang, l.Style, part)
			}
		}
		if !strings.Contains(string(configuration), `"value": "`+l.Style+`"`) {
			t.Errorf("the fragment does not offer %s", l.Style)
		}
	}
	if strings.Count(fragment, "[#if ") != strings.Count(fragment, "[/#if]") {
		t.Error("an [#if] is not closed")
	}
}

func TestPackages(t *testing.T) {
	expected := map[string][]string{
		"lensan-nukeviet.zip":  {"config.ini", "modules/page/blocks/global.lensan.php", "modules/page/blocks/global.lensan.ini", "modules/page/blocks/lensan/Snippet.php", "modules/page/language/block.global.lensan_vi.php", "modules/page/language/block.global.lensan_en.php"},
		"lensan-wordpress.zip": {"lensan/lensan.php", "lensan/readme.txt", "lensan/uninstall.php", "lensan/src/Snippet.php", "lensan/block/block.json", "lensan/block/block.js", "lensan/block/block.asset.php"},
		"lensan-joomla.zip":    {"mod_lensan.xml", "services/provider.php", "src/Dispatcher/Dispatcher.php", "src/Snippet.php", "tmpl/default.php", "language/vi-VN/mod_lensan.ini", "language/en-GB/mod_lensan.sys.ini"},
		"lensan-drupal.zip":    {"lensan/lensan.info.yml", "lensan/src/Snippet.php", "lensan/src/Plugin/Block/LensanBlock.php", "lensan/config/schema/lensan.schema.yml"},
		"lensan-liferay.zip":   {"lensan/collection.json", "lensan/fragments/badge/fragment.json", "lensan/fragments/badge/configuration.json", "lensan/fragments/badge/index.html", "lensan/fragments/badge/index.css", "lensan/fragments/badge/index.js"},
	}
	first, second := t.TempDir(), t.TempDir()
	for _, p := range packs {
		for _, out := range []string{first, second} {
			if err := p.write(".", out); err != nil {
				t.Fatal(err)
			}
		}
		a, b := read(t, filepath.Join(first, p.zip)), read(t, filepath.Join(second, p.zip))
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two runs differ", p.zip)
		}
		z, err := zip.NewReader(bytes.NewReader(a), int64(len(a)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
			if !f.Modified.Equal(stamp) {
				t.Errorf("%s: %s carries the time %v", p.zip, f.Name, f.Modified)
			}
			if base := filepath.Base(f.Name); strings.HasPrefix(base, "test.") || strings.HasPrefix(base, ".") {
				t.Errorf("%s holds %s", p.zip, f.Name)
			}
		}
		for _, want := range expected[p.zip] {
			if !slices.Contains(names, want) {
				t.Errorf("%s lacks %s", p.zip, want)
			}
		}
		if len(expected[p.zip]) == 0 {
			t.Errorf("%s is not expected", p.zip)
		}
	}
	// NukeViet's installer refuses file types that it does not know.
	z, err := zip.OpenReader(filepath.Join(first, "lensan-nukeviet.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if ext := filepath.Ext(f.Name); ext != ".php" && ext != ".ini" {
			t.Errorf("NukeViet would refuse %s", f.Name)
		}
	}
}

// TestPackage_script runs what the README says and compares it with the above.
func TestPackage_script(t *testing.T) {
	out, want := t.TempDir(), t.TempDir()
	if output, err := exec.Command("bash", "package.sh", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, p := range packs {
		if err := p.write(".", want); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, filepath.Join(out, p.zip)), read(t, filepath.Join(want, p.zip))) {
			t.Errorf("%s differs", p.zip)
		}
	}
}

// TestREADMEs checks that every way has a README, Vietnamese first, and that
// the one-line snippets in them are the published ones.
func TestREADMEs(t *testing.T) {
	looks, script := published(t)
	known := []string{script}
	for _, l := range looks {
		known = append(known, l.Badge, l.Text)
	}
	snippet := regexp.MustCompile(`(?m)^\s*(<a href="https://lensan\.example\.vn/go/.*</a>|<script async.*</script>)\s*$`)
	for _, folder := range []string{"plain-html", "nukeviet", "wordpress", "joomla", "drupal", "liferay", "sharepoint", "dnn"} {
		raw := string(read(t, folder+"/README.md"))
		vi, en := strings.Index(raw, "## Tiếng Việt"), strings.Index(raw, "## English")
		if vi < 0 || en < vi || !strings.Contains(raw[vi:en], "1. ") || !strings.Contains(raw[en:], "1. ") {
			t.Errorf("%s/README.md lacks numbered steps in Vietnamese and then in English", folder)
		}
		for _, found := range snippet.FindAllStringSubmatch(raw, -1) {
			if !slices.Contains(known, found[1]) {
				t.Errorf("%s/README.md shows a snippet that is not handed out: %s", folder, found[1])
			}
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
