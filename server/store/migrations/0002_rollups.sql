-- Cubes of counters. A day counts from 1970-01-01 in Asia/Ho_Chi_Minh, an hour
-- is Unix time / 3600, a month is year*12+month-1; destination 0 is the hub,
-- campaign 0 is none, province is a referral.ProvinceID.
--
-- A row has one counter per class instead of a class column: three quarters of
-- the keys are saved where a cell has more than one class, a report reads one
-- row and not up to four, and recorded is a sum within the row.
--
-- The portal is not kept: a placement never changes its portal.
--
-- WITHOUT ROWID keeps each table in its primary key alone. It is the only word
-- here that SQLite alone understands.

-- +goose Up
CREATE TABLE rollup_day (
    day         INTEGER NOT NULL,
    province    INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (day, province, destination, channel)
) WITHOUT ROWID;
CREATE INDEX rollup_day_by_province ON rollup_day (province, day);

-- Coarser than rollup_day, for long ranges: of the whole country by day, and
-- by month.
CREATE TABLE rollup_country_day (
    day         INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (day, destination, channel)
) WITHOUT ROWID;

CREATE TABLE rollup_month (
    month       INTEGER NOT NULL,
    province    INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (month, province, destination, channel)
) WITHOUT ROWID;

-- Kept for 400 days.
CREATE TABLE rollup_hour (
    hour     INTEGER NOT NULL,
    province INTEGER NOT NULL,
    channel  INTEGER NOT NULL,
    people   BIGINT NOT NULL,
    repeat   BIGINT NOT NULL,
    bot      BIGINT NOT NULL,
    preview  BIGINT NOT NULL,
    PRIMARY KEY (hour, province, channel)
) WITHOUT ROWID;

-- Kept for 62 days.
CREATE TABLE rollup_placement_hour (
    hour      INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    PRIMARY KEY (hour, placement, province)
) WITHOUT ROWID;
CREATE INDEX rollup_placement_hour_by_placement ON rollup_placement_hour (placement, hour);

CREATE TABLE rollup_placement_day (
    day         INTEGER NOT NULL,
    placement   INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    province    INTEGER NOT NULL,
    campaign    INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (day, placement, destination, channel, province, campaign)
) WITHOUT ROWID;
CREATE INDEX rollup_placement_day_by_placement ON rollup_placement_day (placement, day);

CREATE TABLE rollup_placement_month (
    month       INTEGER NOT NULL,
    placement   INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    province    INTEGER NOT NULL,
    campaign    INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (month, placement, destination, channel, province, campaign)
) WITHOUT ROWID;
CREATE INDEX rollup_placement_month_by_placement ON rollup_placement_month (placement, month);
CREATE INDEX rollup_placement_month_by_province ON rollup_placement_month (province, month);
CREATE INDEX rollup_placement_month_by_campaign ON rollup_placement_month (campaign, placement) WHERE campaign <> 0;

-- What User-Agents say, once each.
CREATE TABLE agents (
    id      INTEGER PRIMARY KEY,
    device  TEXT NOT NULL,
    os      TEXT NOT NULL,
    browser TEXT NOT NULL,
    app     TEXT NOT NULL,
    UNIQUE (device, os, browser, app)
);

CREATE TABLE rollup_agent_day (
    day      INTEGER NOT NULL,
    province INTEGER NOT NULL,
    channel  INTEGER NOT NULL,
    agent    INTEGER NOT NULL REFERENCES agents (id),
    people   BIGINT NOT NULL,
    repeat   BIGINT NOT NULL,
    bot      BIGINT NOT NULL,
    preview  BIGINT NOT NULL,
    PRIMARY KEY (day, province, channel, agent)
) WITHOUT ROWID;
CREATE INDEX rollup_agent_day_by_province ON rollup_agent_day (province, day);

CREATE TABLE rollup_agent_month (
    month    INTEGER NOT NULL,
    province INTEGER NOT NULL,
    channel  INTEGER NOT NULL,
    agent    INTEGER NOT NULL REFERENCES agents (id),
    people   BIGINT NOT NULL,
    repeat   BIGINT NOT NULL,
    bot      BIGINT NOT NULL,
    preview  BIGINT NOT NULL,
    PRIMARY KEY (month, province, channel, agent)
) WITHOUT ROWID;

-- The only cube that crosses agents with placements: monthly, for privacy.
CREATE TABLE rollup_placement_agent_month (
    month     INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    agent     INTEGER NOT NULL REFERENCES agents (id),
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    PRIMARY KEY (month, placement, province, agent)
) WITHOUT ROWID;
CREATE INDEX rollup_placement_agent_month_by_placement ON rollup_placement_agent_month (placement, month);

-- Hosts that referred clicks or showed badges, once each; '' is unknown.
CREATE TABLE hosts (
    id   INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE
);

CREATE TABLE rollup_referrer_day (
    day       INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    host      INTEGER NOT NULL REFERENCES hosts (id),
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    PRIMARY KEY (day, placement, province, host)
) WITHOUT ROWID;
CREATE INDEX rollup_referrer_day_by_placement ON rollup_referrer_day (placement, day);

-- Views and loads of badges, and their coarser sums.
CREATE TABLE views (
    day       INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    campaign  INTEGER NOT NULL,
    host      INTEGER NOT NULL REFERENCES hosts (id),
    views     BIGINT NOT NULL,
    loads     BIGINT NOT NULL,
    PRIMARY KEY (day, placement, province, campaign, host)
) WITHOUT ROWID;
CREATE INDEX views_by_placement ON views (placement, day);

CREATE TABLE views_month (
    month     INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    campaign  INTEGER NOT NULL,
    host      INTEGER NOT NULL REFERENCES hosts (id),
    views     BIGINT NOT NULL,
    loads     BIGINT NOT NULL,
    PRIMARY KEY (month, placement, province, campaign, host)
) WITHOUT ROWID;
CREATE INDEX views_month_by_placement ON views_month (placement, month);

CREATE TABLE views_province_day (
    day      INTEGER NOT NULL,
    province INTEGER NOT NULL,
    views    BIGINT NOT NULL,
    loads    BIGINT NOT NULL,
    PRIMARY KEY (day, province)
) WITHOUT ROWID;

CREATE TABLE views_province_month (
    month    INTEGER NOT NULL,
    province INTEGER NOT NULL,
    views    BIGINT NOT NULL,
    loads    BIGINT NOT NULL,
    PRIMARY KEY (month, province)
) WITHOUT ROWID;

-- HyperLogLog sketches, and apart from them, because they are a thousand times
-- as long, what each is estimated at. Province 0 is the whole country.
CREATE TABLE visitors (
    day      INTEGER NOT NULL,
    province INTEGER NOT NULL,
    estimate BIGINT NOT NULL,
    PRIMARY KEY (day, province)
) WITHOUT ROWID;

CREATE TABLE visitor_sketches (
    day      INTEGER NOT NULL,
    province INTEGER NOT NULL,
    sketch   BYTEA NOT NULL,
    PRIMARY KEY (day, province)
);

-- How far each journal is applied; written in the transaction that adds up.
CREATE TABLE journal_applied (
    journal    TEXT PRIMARY KEY,
    seq        BIGINT NOT NULL,
    clicks     BIGINT NOT NULL, -- all that were ever applied
    last_milli BIGINT NOT NULL, -- time of the last click, Unix ms
    applied_at BIGINT NOT NULL  -- Unix ms
);

-- From which day on a cube that is pruned is whole.
CREATE TABLE rollup_kept (
    cube     TEXT PRIMARY KEY,
    from_day INTEGER NOT NULL
);

-- Clicks answered and not recorded, or not known to be.
CREATE TABLE quality (
    day         INTEGER PRIMARY KEY,
    lost        BIGINT NOT NULL,
    unconfirmed BIGINT NOT NULL
);

-- +goose Down
DROP TABLE quality;
DROP TABLE rollup_kept;
DROP TABLE journal_applied;
DROP TABLE visitor_sketches;
DROP TABLE visitors;
DROP TABLE views_province_month;
DROP TABLE views_province_day;
DROP TABLE views_month;
DROP TABLE views;
DROP TABLE rollup_referrer_day;
DROP TABLE hosts;
DROP TABLE rollup_placement_agent_month;
DROP TABLE rollup_agent_month;
DROP TABLE rollup_agent_day;
DROP TABLE agents;
DROP TABLE rollup_placement_month;
DROP TABLE rollup_placement_day;
DROP TABLE rollup_placement_hour;
DROP TABLE rollup_hour;
DROP TABLE rollup_month;
DROP TABLE rollup_country_day;
DROP TABLE rollup_day;
