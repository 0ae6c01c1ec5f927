package store

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"lensan/server/referral"
	"lensan/server/rollup"
	"lensan/server/stats"
)

// A world with clicks moves whole, also when it was broken off on the way, and
// answers there as it did here.
func TestMoveTo(t *testing.T) {
	if os.Getenv("LENSAN_TEST_POSTGRES") == "" {
		wantedDatabases(t) // says so
		return
	}
	ctx := context.Background()
	from, to := openMigrated(t, "sqlite"), openMigrated(t, "postgres")
	w := newWorld(t, from)
	w.apply(t, []seenClick{click("2026-11-24 10:00", nil), click("2026-11-23 10:00", nil), click("2026-10-23 10:00", nil)})
	want := w.query(t, days("2026-10-01", "2026-11-24"))

	broken, cancel := context.WithCancel(ctx)
	err := from.MoveTo(broken, to, func(table string, _ int64) {
		if table == "placements" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("broken off: %v", err)
	}
	moved := map[string]int64{}
	if err := from.MoveTo(ctx, to, func(table string, rows int64) { moved[table] = rows }); err != nil {
		t.Fatal(err)
	}
	if moved["placements"] != int64(len(worldPlacements)) || moved["rollup_day"] == 0 {
		t.Errorf("%v", moved)
	}
	w.stats = stats.New(to, w.provinces, func() rollup.Status { return rollup.Status{} }, func() time.Time { return worldNow })
	if got := w.query(t, days("2026-10-01", "2026-11-24")); got.Total != want.Total {
		t.Errorf("there %+v, here %+v", got.Total, want.Total)
	}
	if _, err := to.write.Exec("DELETE FROM placements WHERE num = 4"); err != nil {
		t.Fatal(err)
	}
	if _, err := to.write.Exec("UPDATE registry_version SET version = 999"); err != nil {
		t.Fatal(err)
	}
	if err := from.MoveTo(ctx, to, nil); !errors.Is(err, referral.ErrConflict) {
		t.Errorf("onto a table with other rows: %v", err)
	}
	if version, err := to.Version(ctx); err != nil || version != 999 {
		t.Errorf("a database that is in use was written to before it was refused: version %d, %v", version, err)
	}
}
