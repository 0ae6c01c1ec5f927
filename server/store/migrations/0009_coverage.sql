-- Where our links stand. Days count from 1970-01-01, times are Unix ms.

-- +goose Up
CREATE TABLE coverage (
    portal     INTEGER PRIMARY KEY REFERENCES portals (num),
    first_seen INTEGER, -- reported from one of the portal's hosts
    last_seen  INTEGER,
    last_found INTEGER, -- read on one of its pages
    checked_at BIGINT NOT NULL, -- 0 for never
    checks     TEXT NOT NULL -- JSON array of coverage.HostCheck
);

CREATE TABLE coverage_weeks (
    monday INTEGER NOT NULL,
    portal INTEGER NOT NULL REFERENCES portals (num),
    state  TEXT NOT NULL,
    PRIMARY KEY (monday, portal)
);

-- +goose Down
DROP TABLE coverage_weeks;
DROP TABLE coverage;
