package signups

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// Limits of what a library may be made to do: it builds a structure for each
// element and a text for each cell, whatever that costs. 10,000 rows of four
// columns have 90,000 elements.
const (
	maxElements = 1 << 19
	maxRun      = 1 << 20  // bytes from one "<" to the next
	maxRowText  = 16 << 20 // the most cells of a row times the longest text
)

var errImmodest = errors.New("more than any report needs")

// whole reports whether all parts of an archive are what its sums say, and ask
// for no more than a report may. The library takes the beginning of a damaged
// part for all of it, and a report must not lose rows.
func whole(file []byte) bool {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return false
	}
	in := inspector{left: maxUnpacked}
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			return false
		}
		err = in.inspect(r)
		r.Close() // only read from
		if err != nil {
			return false
		}
	}
	return true
}

// inspector reads the parts of a workbook one after the other. It reads each as
// the library would, which may take any of them for a sheet or a list of texts.
type inspector struct {
	from     io.Reader
	left     int64 // bytes that all parts may still have
	run      int   // bytes since the last "<"
	elements int
	cells    int // the most in a row
	text     int // the longest, in bytes
}

// Read implements io.Reader for a part.
func (in *inspector) Read(p []byte) (int, error) {
	n, err := in.from.Read(p)
	if in.left -= int64(n); in.left < 0 {
		return n, errImmodest
	}
	for rest := p[:n]; len(rest) > 0; {
		at := bytes.IndexByte(rest, '<')
		if at < 0 {
			in.run += len(rest)
			break
		}
		if in.run+at > maxRun {
			return n, errImmodest
		}
		in.run, rest = 0, rest[at+1:]
	}
	if in.run > maxRun {
		return n, errImmodest
	}
	return n, err
}

// inspect reads a part to its end. As XML it is read up to where it is none.
func (in *inspector) inspect(part io.Reader) error {
	in.from, in.run = part, 0
	if err := in.tokens(); errors.Is(err, errImmodest) {
		return err
	}
	_, err := io.Copy(io.Discard, in)
	return err
}

func (in *inspector) tokens() error {
	d := xml.NewDecoder(in)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errImmodest } // workbooks are UTF-8
	cells, deep, text := 0, 0, 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			in.elements++
			switch t.Name.Local {
			case "row":
				cells = 0
			case "c":
				cells++
			case "si", "is":
				deep++
			}
		case xml.EndElement:
			if t.Name.Local == "si" || t.Name.Local == "is" {
				if deep--; deep == 0 {
					text = 0
				}
			}
		case xml.CharData:
			if deep > 0 {
				text += len(t)
			}
		}
		in.cells, in.text = max(in.cells, cells), max(in.text, text)
		if in.elements > maxElements || int64(in.cells)*int64(in.text) > maxRowText {
			return errImmodest
		}
	}
}
