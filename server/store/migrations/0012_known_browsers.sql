-- Browsers in which an account has signed in, and how often in a row signing in
-- with a name failed. Times are Unix ms, secrets are SHA-256 in hexadecimal.

-- +goose Up
ALTER TABLE accounts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;

CREATE TABLE known_browsers (
    secret_hash TEXT PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    known_at    BIGINT NOT NULL,
    failures    INTEGER NOT NULL
);
CREATE INDEX known_browsers_by_account ON known_browsers (account, known_at);

-- +goose Down
DROP TABLE known_browsers;
ALTER TABLE accounts DROP COLUMN failures;
