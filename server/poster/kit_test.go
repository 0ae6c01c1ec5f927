package poster

import (
	"bytes"
	"context"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lensan/assets"
	"lensan/server/referral"
	"lensan/server/text"
)

var papers = []referral.Paper{referral.PaperA3, referral.PaperA4, referral.PaperA5, referral.PaperStickers}

func language(t testing.TB) *text.Language {
	t.Helper()
	bundle, err := text.Load(assets.Files)
	if err != nil {
		t.Fatal(err)
	}
	return bundle.In("vi")
}

func sample() Sheet {
	return Sheet{Code: "K7Q2PX", ScanURL: "HTTPS://LENSAN.GOV.VN/K7Q2PX", Words: "lensan.gov.vn/K7Q2PX", VerifyURL: "lensan.gov.vn/kiem-tra/K7Q2PX",
		Province: "Tỉnh An Giang", Portal: "Cổng thông tin điện tử tỉnh An Giang", Place: "Nhà văn hoá ấp Vĩnh Hậu", Commune: "xã Vĩnh Hậu", Serial: "000123"}
}

// long has the longest of everything: see TestNotice_longestNames.
func long() Sheet {
	s := sample()
	s.Province = "Tỉnh Bà Rịa - Vũng Tàu"
	s.Portal = "Cổng dịch vụ công trực tuyến và thông tin điện tử tổng hợp của Sở Khoa học và Công nghệ tỉnh Bà Rịa - Vũng Tàu (trang thử)"
	s.Place = "Trung tâm Văn hoá, Thể thao và Học tập cộng đồng ấp Phú Thạnh Đông, cạnh Ủy ban nhân dân"
	s.Commune = "đặc khu Côn Đảo, thành phố Hồ Chí Minh"
	s.Hotline = "1800 1034"
	return s
}

func each(sheets ...Sheet) iter.Seq2[Sheet, error] {
	return func(yield func(Sheet, error) bool) {
		for _, s := range sheets {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, o Options, sheets ...Sheet) []byte {
	t.Helper()
	if o.Language == nil {
		o.Language = language(t)
	}
	var b bytes.Buffer
	if err := Write(context.Background(), &b, o, each(sheets...), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tool runs a program on a file; the test has asked testkit.Has for it.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errOut bytes.Buffer
	command := exec.Command(name, args...)
	command.Stderr = &errOut
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errOut.String())
	}
	if errOut.Len() > 0 {
		t.Errorf("%s %v warns: %s", name, args, errOut.String())
	}
	return string(out)
}

func save(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "poster.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
