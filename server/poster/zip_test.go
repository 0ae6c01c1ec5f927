package poster

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"lensan/server/referral"
)

func TestWriteZIP(t *testing.T) {
	one, two := sample(), sample()
	one.Place = "Chợ Đông – Hồ Sen 2"
	two.Code, two.ScanURL, two.Place = "ABCDEF", "HTTPS://LENSAN.GOV.VN/ABCDEF", ""
	var out bytes.Buffer
	o := Options{Paper: referral.PaperA5, Language: language(t)}
	var told []int
	if err := WriteZIP(context.Background(), &out, o, each(one, one, two), func(n int) { told = append(told, n) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told, []int{1, 2, 3}) {
		t.Errorf("progress %v", told)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range archive.File {
		names = append(names, file.Name)
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if pages := bytes.Count(content, []byte("/Type/Page/")); pages != 3-len(names) {
			t.Errorf("%s has %d pages", file.Name, pages)
		}
	}
	if want := []string{"K7Q2PX-cho-dong-ho-sen-2.pdf", "ABCDEF.pdf"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
}

func TestWriteZIP_errors(t *testing.T) {
	o := Options{Language: language(t)}
	if err := WriteZIP(context.Background(), io.Discard, o, each(), nil); !errors.Is(err, referral.ErrInvalid) {
		t.Errorf("no sheet: %v", err)
	}
	broken := errors.New("broken")
	for after := range 2 {
		sheets := func(yield func(Sheet, error) bool) {
			for range after {
				if !yield(sample(), nil) {
					return
				}
			}
			yield(Sheet{}, broken)
		}
		if err := WriteZIP(context.Background(), io.Discard, o, sheets, nil); !errors.Is(err, broken) {
			t.Errorf("after %d sheets: %v", after, err)
		}
	}
}
