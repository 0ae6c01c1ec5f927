-- name: accounts
SELECT accounts.id, accounts.name, accounts.role, accounts.province, accounts.created_at, accounts.disabled, accounts.totp_secret <> '', accounts.subject <> '', accounts.failures,
    COALESCE((SELECT MAX(seen_at) FROM sessions WHERE sessions.account = accounts.id AND pending = 0), 0)
FROM accounts ORDER BY name;

-- name: account_by_id
SELECT id, name, role, province, created_at, disabled, totp_secret <> '', subject <> '', failures, 0 FROM accounts WHERE id = $1;

-- name: account_by_subject
SELECT id, name, role, province, created_at, disabled, totp_secret <> '', subject <> '', failures, 0 FROM accounts WHERE subject = $1;

-- name: account_update
UPDATE accounts SET role = $2, province = $3, disabled = $4 WHERE id = $1;

-- name: account_admins
SELECT COUNT(*) FROM accounts WHERE role = 'admin' AND disabled = 0;

-- name: account_password
UPDATE accounts SET password_hash = $2 WHERE id = $1;

-- name: account_password_hash
SELECT password_hash FROM accounts WHERE id = $1;

-- name: account_link
UPDATE accounts SET subject = $2 WHERE id = $1 AND subject = '';

-- name: account_code
SELECT totp_secret, totp_step FROM accounts WHERE id = $1;

-- name: account_code_set
UPDATE accounts SET totp_secret = $2, totp_step = $3 WHERE id = $1;

-- name: account_code_step
UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2;

-- name: recovery_insert
INSERT INTO recovery_codes (account, code_hash) VALUES ($1, $2);

-- name: recovery_use
DELETE FROM recovery_codes WHERE account = $1 AND code_hash = $2;

-- name: recovery_delete
DELETE FROM recovery_codes WHERE account = $1;

-- name: session_browser
UPDATE sessions SET browser = $2 WHERE secret_hash = $1;

-- name: session_pending
SELECT sessions.secret_hash, sessions.account, sessions.created_at, sessions.seen_at, sessions.browser, sessions.pending,
    accounts.id, accounts.name, accounts.role, accounts.province, accounts.created_at, accounts.disabled, accounts.totp_secret <> '', accounts.failures
FROM sessions JOIN accounts ON accounts.id = sessions.account
WHERE sessions.secret_hash = $1 AND sessions.pending = 1;

-- name: sessions_of
SELECT secret_hash, account, created_at, seen_at, browser FROM sessions WHERE account = $1 AND pending = 0 ORDER BY seen_at DESC, created_at DESC;

-- name: sessions_delete
DELETE FROM sessions WHERE account = $1 AND secret_hash <> $2;

-- name: invitations_reset_delete
DELETE FROM invitations WHERE account = $1;

-- name: failure_count
INSERT INTO sign_in_failures (hour, account, failures) VALUES ($1, $2, 1)
ON CONFLICT (hour, account) DO UPDATE SET failures = sign_in_failures.failures + 1;

-- name: failures_over_delete
DELETE FROM sign_in_failures WHERE hour < $1;

-- name: failures
SELECT COALESCE(accounts.name, ''), SUM(sign_in_failures.failures) FROM sign_in_failures LEFT JOIN accounts ON accounts.id = sign_in_failures.account
WHERE hour >= $1 AND hour < $2 GROUP BY COALESCE(accounts.name, '') ORDER BY 2 DESC, 1;

-- name: account_failed
UPDATE accounts SET failures = failures + 1 WHERE id = $1;

-- name: account_succeeded
UPDATE accounts SET failures = 0 WHERE id = $1 AND failures > 0;

-- name: browser_insert
INSERT INTO known_browsers (secret_hash, account, known_at, failures) VALUES ($1, $2, $3, 0);

-- name: browsers_over_delete
DELETE FROM known_browsers WHERE account = $1 AND (known_at < $2
    OR secret_hash NOT IN (SELECT secret_hash FROM known_browsers WHERE account = $1 ORDER BY known_at DESC, secret_hash LIMIT $3));

-- name: browsers_delete
DELETE FROM known_browsers WHERE account = $1;

-- name: browser_by_hash
SELECT secret_hash, account, known_at, failures FROM known_browsers WHERE secret_hash = $1;

-- name: browser_failed
UPDATE known_browsers SET failures = failures + 1 WHERE secret_hash = $1;

-- name: browser_succeeded
UPDATE known_browsers SET failures = 0 WHERE secret_hash = $1;
