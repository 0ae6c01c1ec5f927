-- What is known of each destination's health, and what happened. Times are Unix
-- ms, 0 for never.

-- +goose Up
CREATE TABLE destination_health (
    destination   INTEGER PRIMARY KEY REFERENCES destinations (num),
    url           TEXT NOT NULL, -- template that was checked
    state         TEXT NOT NULL,
    streak        INTEGER NOT NULL,
    deaths        INTEGER NOT NULL,
    died_at       BIGINT NOT NULL,
    checked_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    reason        TEXT NOT NULL,
    http          INTEGER NOT NULL,
    host          TEXT NOT NULL,
    known_host    TEXT NOT NULL,
    expires_at    BIGINT NOT NULL,
    took_ms       BIGINT NOT NULL,
    forced        TEXT NOT NULL, -- '' for nothing
    forced_by     TEXT NOT NULL,
    forced_reason TEXT NOT NULL,
    forced_at     BIGINT NOT NULL
);

-- Kept for 400 days.
CREATE TABLE destination_health_events (
    num         INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL REFERENCES destinations (num),
    happened_at BIGINT NOT NULL,
    state_from  TEXT NOT NULL,
    state_to    TEXT NOT NULL,
    reason      TEXT NOT NULL,
    http        INTEGER NOT NULL,
    host        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    note        TEXT NOT NULL
);
CREATE INDEX destination_health_events_by_destination ON destination_health_events (destination, happened_at);

-- +goose Down
DROP TABLE destination_health_events;
DROP TABLE destination_health;
