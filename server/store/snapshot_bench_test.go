package store

import (
	"errors"
	"fmt"
	"testing"

	"lensan/server/referral"
	"lensan/server/registry"
)

// BenchmarkSnapshot reads a registry of a million placements.
func BenchmarkSnapshot(b *testing.B) {
	for _, name := range wantedDatabases(b) {
		b.Run(name, func(b *testing.B) { snapshotOfAMillion(b, openMigrated(b, name)) })
	}
}

func snapshotOfAMillion(b *testing.B, s *Store) {
	filled(b, s)
	const n = 1_000_000
	write(b, s, func(tx registry.Tx) error {
		for i := range n {
			err := tx.InsertPlacement(&referral.Placement{Code: referral.Code(fmt.Sprintf("%06d", i)), Portal: "snn-hue", Kind: referral.PlacementQR,
				Destination: "voso", Label: fmt.Sprintf("Áp phích %d", i), State: referral.PlacementOpen, CreatedAt: noon, UpdatedAt: noon})
			if err != nil {
				return errors.Join(err)
			}
		}
		return nil
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Snapshot(background); err != nil {
			b.Fatal(err)
		}
	}
}
