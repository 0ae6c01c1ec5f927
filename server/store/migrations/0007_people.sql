-- +goose Up
ALTER TABLE accounts ADD COLUMN totp_secret TEXT NOT NULL DEFAULT ''; -- base32, '' while it is off
ALTER TABLE accounts ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0; -- of the last code that was taken
ALTER TABLE accounts ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- issuer and subject at a sign-in provider
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT ''; -- family and system, never a version
ALTER TABLE sessions ADD COLUMN pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)); -- waits for a code
ALTER TABLE invitations ADD COLUMN account INTEGER NOT NULL DEFAULT 0; -- whose password it sets anew, 0 for a new account
CREATE INDEX sessions_by_account ON sessions (account);
CREATE UNIQUE INDEX accounts_by_subject ON accounts (subject) WHERE subject <> '';

CREATE TABLE recovery_codes (
    account   INTEGER NOT NULL REFERENCES accounts (id),
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account, code_hash)
);

-- Failed sign-ins are counted and not listed: an attack adds one row an hour.
CREATE TABLE sign_in_failures (
    hour     BIGINT NOT NULL, -- since 1970
    account  INTEGER NOT NULL, -- 0: names that nobody has
    failures BIGINT NOT NULL,
    PRIMARY KEY (hour, account)
);

CREATE INDEX history_by_time ON history (changed_at, num);

-- +goose Down
DROP INDEX history_by_time;
DROP TABLE sign_in_failures;
DROP TABLE recovery_codes;
DROP INDEX accounts_by_subject;
DROP INDEX sessions_by_account;
ALTER TABLE invitations DROP COLUMN account;
ALTER TABLE sessions DROP COLUMN pending;
ALTER TABLE sessions DROP COLUMN browser;
ALTER TABLE accounts DROP COLUMN subject;
ALTER TABLE accounts DROP COLUMN totp_step;
ALTER TABLE accounts DROP COLUMN totp_secret;
