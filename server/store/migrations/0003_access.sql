-- Times are Unix ms, secrets are SHA-256 in hexadecimal, passwords argon2id.
-- Numbers are given as in 0001: the highest so far plus one, nothing with a
-- number is ever deleted.

-- +goose Up
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    province      INTEGER NOT NULL, -- referral.ProvinceID, 0 for none
    created_at    BIGINT NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1))
);

CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    province   INTEGER NOT NULL,
    first      INTEGER NOT NULL CHECK (first IN (0, 1)),
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    secret_hash TEXT PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id           INTEGER PRIMARY KEY,
    secret_hash  TEXT NOT NULL UNIQUE,
    label        TEXT NOT NULL,
    role         TEXT NOT NULL,
    province     INTEGER NOT NULL,
    destination  TEXT NOT NULL, -- ID, '' for none
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL, -- to the hour, 0 for never
    revoked_at   BIGINT NOT NULL -- 0 while it is valid
);

-- +goose Down
DROP TABLE api_keys;
DROP TABLE sessions;
DROP TABLE invitations;
DROP TABLE accounts;
