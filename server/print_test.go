package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// command runs one command line in a data folder; want is its exit status.
func command(t *testing.T, data string, want int, args ...string) (out, errOut string) {
	t.Helper()
	t.Setenv("LENSAN_DATA", data)
	t.Setenv("LENSAN_BASE_URL", "https://lensan.gov.vn")
	var o, e bytes.Buffer
	if got := run(context.Background(), args, func(string) string { return "" }, &o, &e); got != want {
		t.Fatalf("lensan %s: exit status %d, want %d: %s", strings.Join(args, " "), got, want, e.String())
	}
	return o.String(), e.String()
}

// From a list of places to files for the printer, on the command line.
func TestPrint_fromListToFiles(t *testing.T) {
	data, files := t.TempDir(), t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(files, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	portals := write("portals.csv", "id,name,province\nso-an-giang,Sở KH&CN An Giang,91\n")
	command(t, data, exitDone, "import", "portals", portals)
	bad := write("bad.csv", "Nơi đặt;Số bản\nChợ;0\n")
	if _, said := command(t, data, exitFailed, "import", "places", bad, "--batch", "dot-1", "--portal", "so-an-giang"); !strings.Contains(said, "dòng 2, cột 2") {
		t.Error(said)
	}
	places := write("places.csv", "Nơi đặt;Xã;Số bản\nChợ Long Xuyên;Long Xuyên;3\nTrạm y tế;Vĩnh Hanh;2\n")
	out, _ := command(t, data, exitDone, "import", "places", places, "--batch", "dot-1", "--portal", "so-an-giang")
	codes := regexp.MustCompile(`(?m)^[2-9A-Z]{6}`).FindAllString(out, -1)
	if len(codes) != 2 {
		t.Fatal(out)
	}

	folder := filepath.Join(files, "qr")
	command(t, data, exitDone, "qr", "--batch", "dot-1", "--out", folder, "--format", "svg,pdf,eps,png", "--distance", "1.5", "--logo")
	for _, code := range codes {
		for _, format := range []string{"svg", "pdf", "eps", "png"} {
			if info, err := os.Stat(filepath.Join(folder, code+"."+format)); err != nil || info.Size() < 500 {
				t.Error(code, format, err)
			}
		}
	}
	if _, said := command(t, data, exitFailed, "qr", codes[0], "--out", folder); !strings.Contains(said, codes[0]+".svg") {
		t.Error(said)
	}
	if _, said := command(t, data, exitFailed, "qr", codes[0], "222222", "333333", "--out", filepath.Join(files, "none")); !strings.Contains(said, "222222") || !strings.Contains(said, "333333") {
		t.Error(said)
	}
	if _, err := os.Stat(filepath.Join(files, "none")); err == nil {
		t.Error("something was written although codes are unknown")
	}
	command(t, data, exitUsage, "qr", codes[0], "--out", folder, "--format", "gif")

	poster := filepath.Join(files, "posters.pdf")
	command(t, data, exitDone, "posters", "--batch", "dot-1", "--out", poster)
	raw, err := os.ReadFile(poster)
	if err != nil || bytes.Count(raw, []byte("/Type/Page/")) != 5 {
		t.Errorf("%d bytes, %v: not a document of five pages", len(raw), err)
	}
}
