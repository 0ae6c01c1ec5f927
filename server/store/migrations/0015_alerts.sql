-- What staff and operator have to know. Times are Unix ms, 0 for none.

-- +goose Up
CREATE TABLE alerts (
    num       INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    args      TEXT NOT NULL, -- JSON
    since     BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    told_at   BIGINT NOT NULL,
    end_told  INTEGER NOT NULL,
    known_by  TEXT NOT NULL,
    known_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE closed_at = 0;
CREATE INDEX alerts_closed ON alerts (closed_at);

-- +goose Down
DROP TABLE alerts;
