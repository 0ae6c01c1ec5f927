package poster

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lensan/server/referral"
	"lensan/server/testkit"
)

func inflate(t *testing.T, document []byte) string {
	t.Helper()
	_, rest, found := bytes.Cut(document, []byte(">>stream\n"))
	if !found {
		t.Fatal("no stream")
	}
	r, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// picture is a page as a grey laser printer of 150 dpi lays it down.
func picture(t *testing.T, document []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "page")
	tool(t, "pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", save(t, document), path)
	return path + ".png"
}

func TestWrite_decodes(t *testing.T) {
	if !testkit.Has(t, "pdftoppm", "zbarimg") {
		return
	}
	for _, paper := range []referral.Paper{referral.PaperA3, referral.PaperA4, referral.PaperA5} {
		for i, address := range []string{"HTTPS://LENSAN.GOV.VN/K7Q2PX", "HTTPS://LIEN-KET.NONG-NGHIEP.EXAMPLE.GOV.VN/K7Q2PX"} {
			o := Options{Paper: paper, Bleed: i > 0}
			s := long()
			s.ScanURL, s.Draft = address, i > 0
			if out := tool(t, "zbarimg", "--nodbus", "-q", "--raw", picture(t, write(t, o, s))); strings.TrimSpace(out) != address {
				t.Errorf("%s, %s: reads %q", paper, address, out)
			}
		}
	}
}

// A phone sees one label at a time: each of the 24 is cut out and read.
func TestWrite_decodesStickers(t *testing.T) {
	if !testkit.Has(t, "pdftoppm", "zbarimg") {
		return
	}
	var sheets []Sheet
	for i := range stickers {
		s := long()
		s.ScanURL = fmt.Sprintf("HTTPS://LENSAN.GOV.VN/K7Q%03d", i)
		sheets = append(sheets, s)
	}
	raw, err := os.ReadFile(picture(t, write(t, Options{Paper: referral.PaperStickers}, sheets...)))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	args := []string{"--nodbus", "-q", "--raw"}
	width, height := float64(whole.Bounds().Dx())/stickerColumns, float64(whole.Bounds().Dy())/stickerRows
	for i := range stickers {
		x, y := float64(i%stickerColumns)*width, float64(i/stickerColumns)*height
		label := image.NewGray(image.Rect(0, 0, int(width), int(height)))
		draw.Draw(label, label.Bounds(), whole, image.Pt(int(x), int(y)), draw.Src)
		path := filepath.Join(folder, fmt.Sprintf("%02d.png", i))
		var b bytes.Buffer
		if err := png.Encode(&b, label); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	read := strings.Fields(tool(t, "zbarimg", args...))
	if len(read) != stickers {
		t.Fatalf("%d of %d labels read: %v", len(read), stickers, read)
	}
	for i, text := range read {
		if text != sheets[i].ScanURL {
			t.Errorf("label %d reads %s", i, text)
		}
	}
}
