package app

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"lensan/assets"
	"lensan/server/config"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/store"
)

// Names in the data folder.
const (
	databaseFile  = "lensan.db"
	journalFolder = "journal"
	visitorFile   = "visitor.key"
	lockFile      = "lensan.lock"
)

// OpenStore opens the database without migrating it.
func OpenStore(c config.Config) (*store.Store, error) {
	if c.DatabaseURL != "" {
		ctx, cancel := context.WithTimeout(context.Background(), connectTime)
		defer cancel()
		return store.OpenPostgres(ctx, c.DatabaseURL)
	}
	return store.OpenSQLite(filepath.Join(c.Data, databaseFile))
}

// connectTime bounds the first connection to a database elsewhere.
const connectTime = 10 * time.Second

// OpenRegistry opens the database, migrates it and loads the registry, for
// commands that run beside or without a server.
func OpenRegistry(ctx context.Context, c config.Config) (r *registry.Registry, closeStore func() error, err error) {
	s, err := OpenStore(c)
	if err != nil {
		return nil, nil, err
	}
	r, err = loadRegistry(ctx, s, new(referral.LinkTable), time.Now)
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return r, s.Close, nil
}

// loadRegistry migrates, seeds what is missing and puts the links in force.
func loadRegistry(ctx context.Context, s *store.Store, links *referral.LinkTable, now func() time.Time) (*registry.Registry, error) {
	if err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	provinces, err := readProvinces()
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(assets.Files, "data/destinations.toml")
	if err != nil {
		return nil, err
	}
	seed, err := registry.ReadSeed(raw)
	if err != nil {
		return nil, fmt.Errorf("destinations.toml: %w", err)
	}
	r := registry.New(s, provinces, links, now)
	if err := r.Seed(ctx, seed); err != nil {
		return nil, err
	}
	return r, r.Refresh(ctx)
}

func readProvinces() (*referral.Provinces, error) {
	old, err := fs.ReadFile(assets.Files, "data/provinces_63.csv")
	if err != nil {
		return nil, err
	}
	now, err := fs.ReadFile(assets.Files, "data/provinces_34.csv")
	if err != nil {
		return nil, err
	}
	return referral.ReadProvinces(string(old), string(now))
}
