package public

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

func TestVisitorKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "visitor.key")
	now := noon
	clock := func() time.Time { return now }
	open := func() *VisitorKey {
		t.Helper()
		v, err := OpenVisitorKey(path, clock)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	addr, other := netip.MustParseAddr("113.161.7.9"), netip.MustParseAddr("113.161.7.10")
	v := open()
	today := v.Hash(now.UnixMilli(), addr, zaloAgent)
	for name, hash := range map[string]uint64{
		"address": v.Hash(now.UnixMilli(), other, zaloAgent),
		"agent":   v.Hash(now.UnixMilli(), addr, zaloAgent+"x"),
	} {
		if hash == today {
			t.Errorf("another %s has the same hash", name)
		}
	}
	if mapped := v.Hash(now.UnixMilli(), netip.MustParseAddr("::ffff:113.161.7.9"), zaloAgent); mapped != today {
		t.Error("the same address in IPv6 form has another hash")
	}
	if got := open().Hash(now.UnixMilli(), addr, zaloAgent); got != today {
		t.Error("a restart changes the hash within a day")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(path)

	midnight := (referral.DayOf(noon) + 1).Start()
	if got := v.Hash(midnight.UnixMilli()-1, addr, zaloAgent); got != today {
		t.Error("the hash changes before midnight")
	}
	tomorrow := v.Hash(midnight.UnixMilli(), addr, zaloAgent)
	if tomorrow == today {
		t.Error("the hash is the same on the next day")
	}
	if late := v.Hash(midnight.UnixMilli()-1, addr, zaloAgent); late != tomorrow {
		t.Error("yesterday's key is still known")
	}
	after, _ := os.ReadFile(path)
	if secret := strings.Fields(string(before))[1]; strings.Contains(string(after), secret) || !strings.HasPrefix(string(after), "2026-11-25 ") {
		t.Error("the file was not replaced")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
	now = midnight
	if got := open().Hash(now.UnixMilli(), addr, zaloAgent); got != tomorrow {
		t.Error("a restart on the next day changes the hash")
	}
}

// A clock that was ahead for a while leaves no secret that lives until then.
func TestVisitorKey_clockSetBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "visitor.key")
	v, err := OpenVisitorKey(path, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr("113.161.7.9")
	ahead := v.Hash(noon.AddDate(1, 0, 0).UnixMilli(), addr, zaloAgent)
	today := v.Hash(noon.UnixMilli(), addr, zaloAgent)
	if today == ahead {
		t.Error("the secret of a day to come is in force")
	}
	if v.Hash(noon.UnixMilli(), addr, zaloAgent) != today || v.Hash(noon.AddDate(0, 0, 1).UnixMilli(), addr, zaloAgent) == today {
		t.Error("the secret does not live for its day")
	}
	if raw, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(raw), "2026-11-25 ") {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestVisitorKey_brokenFileIsReplaced(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "text": "hello", "short": "2026-11-24 00ff", "not hex": "2026-11-24 " + strings.Repeat("z", 64), "yesterday": "2026-11-23 " + strings.Repeat("0", 64)} {
		path := filepath.Join(t.TempDir(), "visitor.key")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenVisitorKey(path, func() time.Time { return noon }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		raw, err := os.ReadFile(path)
		if k, ok := parseDayKey(raw); err != nil || !ok || k.day != referral.DayOf(noon) || k.secret == (secret{}) {
			t.Errorf("%s: %q", name, raw)
		}
	}
}

func TestVisitorKey_worksWithoutItsFile(t *testing.T) {
	v, err := OpenVisitorKey(filepath.Join(t.TempDir(), "no-such-folder", "visitor.key"), func() time.Time { return noon })
	if err == nil || v.Err() == nil {
		t.Error("no error for a folder that is not there")
	}
	if v.Hash(noon.UnixMilli(), netip.Addr{}, "") == 0 {
		t.Error("no hash")
	}
}
