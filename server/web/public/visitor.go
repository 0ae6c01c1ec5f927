package public

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/minio/highwayhash"

	"lensan/server/referral"
)

// VisitorKey hashes visitors with a secret of 256 bits that lives for one day
// (HighwayHash-64). The secret stands in one file outside the store, so that a
// restart does not count people twice, and is overwritten at midnight in
// referral.Zone: yesterday's hashes then mean nothing to anybody.
type VisitorKey struct {
	path    string
	current atomic.Pointer[dayKey]
	turn    sync.Mutex
	err     atomic.Pointer[error]
}

// secret is the key of the hash.
type secret [highwayhash.Size]byte

type dayKey struct {
	day    referral.Day
	secret secret
}

// serves reports whether the secret is in force on a day: its own, or the one
// before, of which clicks may come late. One of a day further on was drawn while
// the clock was wrong, and would live until then.
func (k *dayKey) serves(day referral.Day) bool { return day == k.day || day == k.day-1 }

// OpenVisitorKey reads the day's secret from a file, or draws a new one and
// writes it there (mode 0600) if the file is missing, unreadable or of another day.
func OpenVisitorKey(path string, now func() time.Time) (*VisitorKey, error) {
	v := &VisitorKey{path: path}
	today := referral.DayOf(now())
	if raw, err := os.ReadFile(path); err == nil {
		if k, ok := parseDayKey(raw); ok && k.day == today {
			v.current.Store(k)
			return v, os.Chmod(path, 0o600)
		}
	}
	v.replace(today)
	return v, v.Err()
}

// Err returns why the current secret could not be written; it is in force all
// the same, but a restart would draw another.
func (v *VisitorKey) Err() error {
	if err := v.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Hash implements Visitors.
func (v *VisitorKey) Hash(milli int64, addr netip.Addr, userAgent string) uint64 {
	k := v.current.Load()
	if day := referral.DayOfMilli(milli); !k.serves(day) {
		k = v.replace(day)
	}
	var buf [16 + referral.MaxUserAgent]byte
	a := addr.As16()
	n := copy(buf[:], a[:])
	n += copy(buf[n:], userAgent)
	return highwayhash.Sum64(buf[:n], k.secret[:])
}

// replace puts a new secret in force if the one in force does not serve a day.
func (v *VisitorKey) replace(day referral.Day) *dayKey {
	v.turn.Lock()
	defer v.turn.Unlock()
	if k := v.current.Load(); k != nil && k.serves(day) {
		return k
	}
	k := &dayKey{day: day}
	if _, err := rand.Read(k.secret[:]); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err))
	}
	v.current.Store(k)
	if err := writeDayKey(v.path, k); err != nil {
		err = fmt.Errorf("visitor key: %w", err)
		v.err.Store(&err)
	} else {
		v.err.Store(nil)
	}
	return k
}

func parseDayKey(raw []byte) (*dayKey, bool) {
	day, secretHex, _ := bytes.Cut(bytes.TrimSpace(raw), []byte(" "))
	d, err := referral.ParseDay(string(day))
	k := &dayKey{day: d}
	if err != nil || hex.DecodedLen(len(secretHex)) != len(k.secret) {
		return nil, false
	}
	if _, err := hex.Decode(k.secret[:], secretHex); err != nil {
		return nil, false
	}
	return k, true
}

// writeDayKey replaces the file whole, so that no half of a key is ever read.
func writeDayKey(path string, k *dayKey) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".visitor-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s\n", k.day, hex.EncodeToString(k.secret[:]))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
