-- name: registry_lock
UPDATE registry_version SET version = version;

-- name: account_count
SELECT COUNT(*) FROM accounts;

-- name: account_by_name
SELECT id, name, role, province, created_at, disabled, totp_secret <> '', subject <> '', failures, 0, password_hash FROM accounts WHERE name = $1;

-- name: account_insert
INSERT INTO accounts (id, name, password_hash, role, province, created_at, disabled)
VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM accounts), $1, $2, $3, $4, $5, 0)
ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: invitation_insert
INSERT INTO invitations (token_hash, role, province, first, invited_by, created_at, expires_at, account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: invitation_by_hash
SELECT token_hash, role, province, first, invited_by, created_at, expires_at, account FROM invitations
WHERE token_hash = $1 AND expires_at > $2 AND (first = 0 OR NOT EXISTS (SELECT 1 FROM accounts));

-- name: invitation_use
DELETE FROM invitations
WHERE token_hash = $1 AND expires_at > $2 AND (first = 0 OR NOT EXISTS (SELECT 1 FROM accounts));

-- name: invitations_first_delete
DELETE FROM invitations WHERE first = 1;

-- name: invitations_over_delete
DELETE FROM invitations WHERE expires_at <= $1;

-- name: session_insert
INSERT INTO sessions (secret_hash, account, created_at, seen_at, browser, pending) VALUES ($1, $2, $3, $4, $5, $6);

-- name: session_by_hash
SELECT sessions.secret_hash, sessions.account, sessions.created_at, sessions.seen_at, sessions.browser, sessions.pending,
    accounts.id, accounts.name, accounts.role, accounts.province, accounts.created_at, accounts.disabled, accounts.totp_secret <> '', accounts.failures
FROM sessions JOIN accounts ON accounts.id = sessions.account
WHERE sessions.secret_hash = $1 AND sessions.pending = 0;

-- name: session_touch
UPDATE sessions SET seen_at = $2 WHERE secret_hash = $1 AND seen_at < $2;

-- name: session_delete
DELETE FROM sessions WHERE secret_hash = $1;

-- name: sessions_over_delete
DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2;

-- name: keys
SELECT id, label, role, province, destination, created_at, last_used_at, revoked_at FROM api_keys ORDER BY id DESC;

-- name: key_by_hash
SELECT id, label, role, province, destination, created_at, last_used_at, revoked_at FROM api_keys WHERE secret_hash = $1;

-- name: key_by_id
SELECT id, label, role, province, destination, created_at, last_used_at, revoked_at, secret_hash FROM api_keys WHERE id = $1;

-- name: key_insert
INSERT INTO api_keys (id, secret_hash, label, role, province, destination, created_at, last_used_at, revoked_at)
VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM api_keys), $1, $2, $3, $4, $5, $6, 0, 0) RETURNING id;

-- name: key_exists
SELECT COUNT(*) FROM api_keys WHERE id = $1;

-- name: key_touch
UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2;

-- name: key_revoke
UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0;
