-- Further pages of a portal that are read for coverage: JSON array of paths
-- and addresses, see referral.ParsePage.

-- +goose Up
ALTER TABLE portals ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE portals DROP COLUMN pages;
