-- What is sent to people and machines elsewhere, and who gets what by e-mail. Times are Unix ms, 0 for none.

-- +goose Up
CREATE TABLE messages (
    num        INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE, -- what it is about: two with one key are one message
    kind       TEXT NOT NULL,
    channel    TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    problem    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at    BIGINT NOT NULL, -- of a try; of one that is being made: until when nobody else may
    done_at    BIGINT NOT NULL
);
CREATE INDEX messages_due ON messages (next_at) WHERE state IN ('waiting', 'taken', 'handed');

CREATE TABLE message_files (
    message  INTEGER NOT NULL REFERENCES messages (num),
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    type     TEXT NOT NULL,
    content  TEXT NOT NULL, -- base64
    PRIMARY KEY (message, position)
);

CREATE TABLE subscriptions (
    num        INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL, -- of what is sent: "report", "alert"
    email      TEXT NOT NULL,
    province   INTEGER NOT NULL, -- referral.ProvinceID, 0 for the whole country
    lang       TEXT NOT NULL,
    day        INTEGER NOT NULL, -- of the month
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscriptions_open ON subscriptions (kind, email, province) WHERE ended_at = 0;

-- +goose Down
DROP TABLE subscriptions;
DROP TABLE message_files;
DROP TABLE messages;
