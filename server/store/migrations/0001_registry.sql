-- Numbers (num) are given by the insert queries as the highest so far plus one:
-- nothing here is ever deleted, and every write first locks registry_version.
-- Times are Unix ms. "search" holds registry.SearchKey of what people look for.

-- +goose Up
CREATE TABLE registry_version (version BIGINT NOT NULL);
INSERT INTO registry_version (version) VALUES (1);

CREATE TABLE destinations (
    num         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    name_vi     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    url         TEXT NOT NULL,
    pass_params TEXT NOT NULL, -- JSON array
    fallback_id TEXT REFERENCES destinations (id),
    confirmed   INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    paused      INTEGER NOT NULL CHECK (paused IN (0, 1)),
    position    INTEGER NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE TABLE portals (
    num           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    province      INTEGER NOT NULL, -- referral.ProvinceID as registered
    hosts         TEXT NOT NULL, -- JSON array
    contact_email TEXT NOT NULL,
    merged_into   TEXT REFERENCES portals (id),
    search        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    CHECK (merged_into <> id)
);
CREATE INDEX portals_by_province ON portals (province, id);

CREATE TABLE campaigns (
    num        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    from_day   INTEGER, -- referral.Day
    to_day     INTEGER,
    search     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE placements (
    num         INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    portal      INTEGER NOT NULL REFERENCES portals (num),
    kind        TEXT NOT NULL,
    destination INTEGER REFERENCES destinations (num), -- NULL: the hub
    label       TEXT NOT NULL,
    campaign    INTEGER REFERENCES campaigns (num),
    state       TEXT NOT NULL,
    search      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX placements_by_portal ON placements (portal, num);
CREATE INDEX placements_by_destination ON placements (destination, num);
CREATE INDEX placements_by_campaign ON placements (campaign, num);

CREATE TABLE history (
    num         INTEGER PRIMARY KEY,
    changed_at  BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    entity      TEXT NOT NULL,
    entity_key  TEXT NOT NULL,
    verb        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json  TEXT NOT NULL
);
CREATE INDEX history_by_entity ON history (entity, entity_key, num);

-- +goose Down
DROP TABLE history;
DROP TABLE placements;
DROP TABLE campaigns;
DROP TABLE portals;
DROP TABLE destinations;
DROP TABLE registry_version;
