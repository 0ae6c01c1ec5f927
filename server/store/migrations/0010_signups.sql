-- What marketplaces report. Days count from 1970-01-01, times are Unix ms.

-- +goose Up
CREATE TABLE signup_reports (
    num         INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL REFERENCES destinations (num),
    id          TEXT NOT NULL,
    version     INTEGER NOT NULL,
    digest      TEXT NOT NULL, -- SHA-256 of the rows
    source      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (destination, id, version)
);

-- All rows that were ever reported.
CREATE TABLE signup_rows (
    report    INTEGER NOT NULL REFERENCES signup_reports (num),
    day       INTEGER NOT NULL,
    placement INTEGER NOT NULL REFERENCES placements (num),
    stage     TEXT NOT NULL,
    count     BIGINT NOT NULL,
    PRIMARY KEY (report, day, placement, stage)
);

-- Those that count: of the latest version of each report.
CREATE TABLE signups (
    destination INTEGER NOT NULL REFERENCES destinations (num),
    day         INTEGER NOT NULL,
    placement   INTEGER NOT NULL REFERENCES placements (num),
    stage       TEXT NOT NULL,
    province    INTEGER NOT NULL, -- referral.ProvinceID on the day
    campaign    INTEGER NOT NULL, -- 0 for none
    report      INTEGER NOT NULL REFERENCES signup_reports (num),
    count       BIGINT NOT NULL,
    PRIMARY KEY (destination, day, placement, stage)
);
CREATE INDEX signups_by_day ON signups (stage, day);
CREATE INDEX signups_by_report ON signups (report);

CREATE VIEW signups_day AS SELECT day, placement, destination, province, campaign, count FROM signups WHERE stage = 'signup';

-- +goose Down
DROP VIEW signups_day;
DROP TABLE signups;
DROP TABLE signup_rows;
DROP TABLE signup_reports;
