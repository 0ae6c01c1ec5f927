-- Which version of the enhancer is in force: one row.

-- +goose Up
CREATE TABLE widget_release (
    one              INTEGER PRIMARY KEY CHECK (one = 1),
    stable           TEXT NOT NULL, -- checksum of a version, '' for the newest
    previous         TEXT NOT NULL,
    canary           TEXT NOT NULL, -- '' for none
    canary_provinces TEXT NOT NULL, -- JSON array of referral.ProvinceID
    updated_at       BIGINT NOT NULL
);
INSERT INTO widget_release (one, stable, previous, canary, canary_provinces, updated_at) VALUES (1, '', '', '', '[]', 0);

-- +goose Down
DROP TABLE widget_release;
