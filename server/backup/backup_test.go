package backup

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"lensan/server/referral"
)

var when = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func written(t testing.TB, database []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := Write(&file, Manifest{Program: "test", Schema: 7, CreatedAt: when, Clicks: 12}, bytes.NewReader(database)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func read(file []byte) error {
	a, err := Open(bytes.NewReader(file))
	if err != nil {
		return err
	}
	return a.Extract(io.Discard)
}

func TestWriteAndRead(t *testing.T) {
	database := bytes.Repeat([]byte("Lên Sàn "), 10_000)
	a, err := Open(bytes.NewReader(written(t, database)))
	if err != nil {
		t.Fatal(err)
	}
	if m := a.Manifest; m.Schema != 7 || m.Clicks != 12 || m.Size != int64(len(database)) || !m.CreatedAt.Equal(when) {
		t.Errorf("manifest %+v", m)
	}
	var got bytes.Buffer
	if err := a.Extract(&got); err != nil || !bytes.Equal(got.Bytes(), database) {
		t.Errorf("%d of %d bytes came back, %v", got.Len(), len(database), err)
	}
}

// TestRead_everyChangedByteIsSeen changes single bytes of manifest and
// database, and cuts the file short.
func TestRead_everyChangedByteIsSeen(t *testing.T) {
	file := written(t, bytes.Repeat([]byte{7}, 3000))
	const block = 512
	sum := bytes.Index(file, []byte(`"sha256": "`)) + len(`"sha256": "`)
	for _, at := range []int{sum, sum + 63, 3 * block, 3*block + 2999} {
		changed := bytes.Clone(file)
		changed[at] ^= 1
		if err := read(changed); !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for _, length := range []int{0, 100, block, 2 * block, 3 * block, 3*block + 1500} {
		if err := read(file[:length]); !errors.Is(err, referral.ErrInvalid) {
			t.Errorf("cut after %d bytes: %v", length, err)
		}
	}
}

func TestExtract_fullDiskIsNoDamage(t *testing.T) {
	a, err := Open(bytes.NewReader(written(t, make([]byte, 3000))))
	if err != nil {
		t.Fatal(err)
	}
	reader, pipe := io.Pipe()
	reader.CloseWithError(errors.New("no space left"))
	if err := a.Extract(pipe); err == nil || errors.Is(err, referral.ErrInvalid) {
		t.Errorf("a failing disk is reported as %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(written(f, []byte("database")))
	f.Add([]byte("SQLite format 3\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Open(bytes.NewReader(file))
		if err != nil {
			return
		}
		var database bytes.Buffer
		if err := a.Extract(&database); err == nil && int64(database.Len()) != a.Manifest.Size {
			t.Errorf("accepted %d bytes, the manifest says %d", database.Len(), a.Manifest.Size)
		}
	})
}
