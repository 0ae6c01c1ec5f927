-- Print batches, their places, and what people report about printed codes.

-- +goose Up
CREATE TABLE print_batches (
    num         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    portal      INTEGER NOT NULL REFERENCES portals (num),
    destination INTEGER REFERENCES destinations (num), -- NULL: the hub
    campaign    INTEGER REFERENCES campaigns (num),
    paper       TEXT NOT NULL,
    state       TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    edited_by   TEXT NOT NULL,
    approved_by TEXT NOT NULL, -- '' before
    approved_at BIGINT NOT NULL, -- 0 before
    serial_from BIGINT NOT NULL UNIQUE, -- minus num before approval
    serial_to   BIGINT NOT NULL,
    printed_on  INTEGER, -- referral.Day
    printer     TEXT NOT NULL,
    quantity    INTEGER NOT NULL,
    search      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX print_batches_by_portal ON print_batches (portal, num);

CREATE TABLE print_places (
    placement   INTEGER PRIMARY KEY REFERENCES placements (num),
    batch       INTEGER NOT NULL REFERENCES print_batches (num),
    position    INTEGER NOT NULL,
    commune     TEXT NOT NULL,
    address     TEXT NOT NULL,
    copies      INTEGER NOT NULL,
    serial_from BIGINT NOT NULL, -- 0 before approval
    serial_to   BIGINT NOT NULL,
    placed_on   INTEGER, -- referral.Day
    placed_by   TEXT NOT NULL
);
CREATE UNIQUE INDEX print_places_by_batch ON print_places (batch, position);

-- The next serial number: never taken back, so that no two sheets share one.
CREATE TABLE print_serial (next BIGINT NOT NULL);
INSERT INTO print_serial (next) VALUES (1);

CREATE TABLE code_reports (
    num        INTEGER PRIMARY KEY,
    code       TEXT NOT NULL, -- '' if none was given
    serial     BIGINT NOT NULL, -- 0 likewise
    seen_at    TEXT NOT NULL,
    note       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at  BIGINT NOT NULL, -- 0 while it is open
    closed_by  TEXT NOT NULL,
    outcome    TEXT NOT NULL
);
CREATE INDEX code_reports_open ON code_reports (closed_at, num);

ALTER TABLE campaigns ADD COLUMN poster_texts TEXT NOT NULL DEFAULT '{}'; -- JSON object

-- +goose Down
ALTER TABLE campaigns DROP COLUMN poster_texts;
DROP TABLE code_reports;
DROP TABLE print_serial;
DROP TABLE print_places;
DROP TABLE print_batches;
