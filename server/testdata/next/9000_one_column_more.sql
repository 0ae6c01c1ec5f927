-- The next version, as far as TestFaults_upgrade is concerned.
-- +goose Up
ALTER TABLE placements ADD COLUMN of_the_next_version TEXT;

-- +goose Down
ALTER TABLE placements DROP COLUMN of_the_next_version;
