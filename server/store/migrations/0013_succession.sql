-- What was decided of portals whose province became part of another: the province
-- of an earlier registration, to which the days before still belong, and the
-- successor under which a portal was left to follow by itself; 0 for neither.

-- +goose Up
ALTER TABLE portals ADD COLUMN former_province INTEGER NOT NULL DEFAULT 0; -- referral.ProvinceID
ALTER TABLE portals ADD COLUMN kept_under INTEGER NOT NULL DEFAULT 0; -- likewise
CREATE INDEX portals_by_registration ON portals (merged_into, province, kept_under);

-- +goose Down
DROP INDEX portals_by_registration;
ALTER TABLE portals DROP COLUMN kept_under;
ALTER TABLE portals DROP COLUMN former_province;
