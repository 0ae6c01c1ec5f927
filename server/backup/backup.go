// Package backup is the format of a backup: one tar file that holds a manifest
// and, proved by it, the database. It knows neither SQL nor where data lies.
package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"lensan/server/referral"
)

// Format is what stands in the manifest of every file of this kind.
const Format = "lensan-backup-1"

// Names of the two files in the archive, in this order.
const (
	manifestName = "manifest.json"
	databaseName = "lensan.db"
)

// maxManifest bounds what is read of a manifest, in bytes.
const maxManifest = 64 << 10

// Manifest says what a backup holds.
type Manifest struct {
	Format    string    `json:"format"`
	Program   string    `json:"program"` // version that wrote it
	Schema    int64     `json:"schema"`
	CreatedAt time.Time `json:"created_at"`
	Clicks    int64     `json:"clicks"` // in the statistics
	Size      int64     `json:"size"`   // of the database, in bytes
	SHA256    string    `json:"sha256"` // of the database, in hex
}

// Write writes an archive; size and checksum are taken from the database.
func Write(w io.Writer, m Manifest, database io.ReadSeeker) (Manifest, error) {
	sum := sha256.New()
	size, err := io.Copy(sum, database)
	if err != nil {
		return m, err
	}
	if _, err := database.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	m.Format, m.Size, m.SHA256 = Format, size, hex.EncodeToString(sum.Sum(nil))
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	archive := tar.NewWriter(w)
	if err := archive.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(raw)), ModTime: m.CreatedAt}); err != nil {
		return m, err
	}
	if _, err := archive.Write(raw); err != nil {
		return m, err
	}
	if err := archive.WriteHeader(&tar.Header{Name: databaseName, Mode: 0o600, Size: size, ModTime: m.CreatedAt}); err != nil {
		return m, err
	}
	if _, err := io.Copy(archive, database); err != nil {
		return m, err
	}
	return m, archive.Close()
}

// Archive is a backup that is being read.
type Archive struct {
	Manifest Manifest
	tar      *tar.Reader
}

// Open reads the manifest. It returns ErrInvalid wrapped if r is no backup.
func Open(r io.Reader) (*Archive, error) {
	a := &Archive{tar: tar.NewReader(r)}
	header, err := a.tar.Next()
	if err != nil || header.Name != manifestName || header.Size > maxManifest {
		return nil, referral.Errorf(referral.ErrInvalid, "error.backup_not_one")
	}
	raw, err := io.ReadAll(a.tar)
	if err != nil || json.Unmarshal(raw, &a.Manifest) != nil {
		return nil, damaged(manifestName)
	}
	m := &a.Manifest
	if m.Format != Format {
		return nil, referral.Errorf(referral.ErrInvalid, "error.backup_not_one")
	}
	if sum, err := hex.DecodeString(m.SHA256); err != nil || len(sum) != sha256.Size || m.Size <= 0 || m.Schema <= 0 || m.Clicks < 0 {
		return nil, damaged(manifestName)
	}
	return a, nil
}

// Extract copies the database to w, once. It returns ErrInvalid wrapped if
// what came differs from the manifest in one byte; w must then be thrown away.
func (a *Archive) Extract(w io.Writer) error {
	header, err := a.tar.Next()
	if err != nil || header.Name != databaseName || header.Size != a.Manifest.Size {
		return damaged(databaseName)
	}
	sum := sha256.New()
	target := &writer{w: w}
	if _, err := io.Copy(io.MultiWriter(sum, target), a.tar); target.err != nil {
		return target.err
	} else if err != nil || hex.EncodeToString(sum.Sum(nil)) != a.Manifest.SHA256 {
		return damaged(databaseName)
	}
	if _, err := a.tar.Next(); !errors.Is(err, io.EOF) {
		return damaged(databaseName)
	}
	return nil
}

// writer remembers its own failure, so that a full disk is not taken for a
// damaged file.
type writer struct {
	w   io.Writer
	err error
}

func (w *writer) Write(p []byte) (n int, err error) {
	n, w.err = w.w.Write(p)
	return n, w.err
}

func damaged(part string) error {
	return referral.Errorf(referral.ErrInvalid, "error.backup_damaged", "part", part)
}
