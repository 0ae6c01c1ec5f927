package poster

import (
	"archive/zip"
	"context"
	"io"
	"iter"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// WriteZIP is Write with a PDF for each place: sheets of one code that follow
// each other. A file is named by its code and place, "K7Q2PX-cho-long-xuyen.pdf".
func WriteZIP(ctx context.Context, w io.Writer, o Options, sheets iter.Seq2[Sheet, error], progress func(done int)) error {
	archive := zip.NewWriter(w)
	next, stop := iter.Pull2(sheets)
	defer stop()
	done := 0
	s, err, more := next()
	for more && err == nil {
		code, first := s.Code, done
		file, createErr := archive.Create(fileName(&s))
		if createErr != nil {
			return createErr
		}
		place := func(yield func(Sheet, error) bool) {
			for more && (err != nil || s.Code == code) && yield(s, err) {
				s, err, more = next()
			}
		}
		if err := Write(ctx, file, o, place, func(n int) {
			if done = first + n; progress != nil {
				progress(done)
			}
		}); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if done == 0 {
		return errNone
	}
	return archive.Close()
}

// fileName is short and of ASCII alone: old programs unpack it too.
func fileName(s *Sheet) string {
	const most = 60
	var b strings.Builder
	b.WriteString(string(s.Code))
	gap := true
	for _, r := range norm.NFD.String(strings.ToLower(s.Place)) {
		switch {
		case b.Len() >= most:
		case r == 'đ':
			r = 'd'
			fallthrough
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if gap {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		case !unicode.Is(unicode.Mn, r):
			gap = true
		}
	}
	return b.String() + ".pdf"
}
