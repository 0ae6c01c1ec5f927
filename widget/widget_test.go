package widget

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/andybalholm/brotli"
	_ "github.com/evanw/esbuild/pkg/api" // for build.go, which go mod tidy does not look at
)

const (
	mostRaw    = 4096
	mostBrotli = 1536
)

func TestDist_isWhatTheBuildMakes(t *testing.T) {
	out := filepath.Join(t.TempDir(), "v1.js")
	if log, err := exec.Command("go", "run", "build.go", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	built, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(built, script(t)) {
		t.Error("dist/v1.js is not what src makes: run go generate ./widget")
	}
}

func TestDist_size(t *testing.T) {
	raw := script(t)
	var packed bytes.Buffer
	w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d with brotli (at most %d, %d)", len(raw), packed.Len(), mostRaw, mostBrotli)
	if len(raw) > mostRaw || packed.Len() > mostBrotli {
		t.Errorf("%d bytes, %d with brotli; at most %d, %d", len(raw), packed.Len(), mostRaw, mostBrotli)
	}
}

// What a page with a strict policy, or a visitor, would not have.
func TestDist_usesNothingForbidden(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage|indexedDB|\.cookie|createElement\("(style|script|link|form)"\)|\.style\.|setAttribute\("style"|JSON\.|Array\.from|\.bind\(`)
	if found := forbidden.Find(script(t)); found != nil {
		t.Errorf("dist/v1.js holds %s", found)
	}
	globals := regexp.MustCompile(`window\.(\w+)=[^=]`).FindAllSubmatch(script(t), -1)
	if len(globals) != 1 || string(globals[0][1]) != "lensan" {
		t.Errorf("globals: %q", globals)
	}
}

func script(t *testing.T) []byte {
	t.Helper()
	b, err := Files.ReadFile("dist/v1.js")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
