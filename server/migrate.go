package main

import (
	"fmt"

	"lensan/server/app"
)

type migrateCmd struct {
	Action string `arg:"" enum:"status,up,down" default:"status" help:"${help_migrate_action}"`
}

// Run shows the schema's state or moves it: up to this program's version, or one step down.
func (c migrateCmd) Run(t *terminal) error {
	s, err := app.OpenStore(t.config)
	if err != nil {
		return err
	}
	defer s.Close()
	switch c.Action {
	case "up":
		err = s.Migrate(t.ctx)
	case "down":
		err = s.MigrateDown(t.ctx)
	}
	if err != nil {
		return err
	}
	list, err := s.MigrationStatus(t.ctx)
	for _, m := range list {
		state := "cli.migration_pending"
		if !m.AppliedAt.IsZero() {
			state = "cli.migration_applied"
		}
		fmt.Fprintf(t.out, "%04d  %-24s %s\n", m.Version, m.Name, t.lang.T(state, "time", t.lang.Time(m.AppliedAt)))
	}
	return err
}
