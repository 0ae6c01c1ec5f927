-- Messages on their way out, and who gets reports by e-mail.

-- name: message_insert
INSERT INTO messages (num, key, kind, channel, recipient, subject, body, state, tries, problem, created_at, next_at, done_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM messages), $1, $2, $3, $4, $5, $6, $7, 0, '', $8, $9, 0)
ON CONFLICT (key) DO NOTHING RETURNING num;

-- name: message_file_insert
INSERT INTO message_files (message, position, name, type, content) VALUES ($1, $2, $3, $4, $5);

-- name: messages_lost_track
UPDATE messages SET state = 'unclear', tries = tries + 1, problem = '', done_at = $1
WHERE state = 'handed' AND channel = 'mail' AND next_at <= $1;

-- name: message_take
UPDATE messages SET state = 'taken', next_at = $2
WHERE num = (SELECT num FROM messages WHERE state IN ('waiting', 'taken', 'handed') AND next_at <= $1 ORDER BY next_at, num LIMIT 1)
    AND state IN ('waiting', 'taken', 'handed') AND next_at <= $1
RETURNING num;

-- name: message_settle
UPDATE messages SET state = $2, tries = $3, problem = $4, next_at = $5, done_at = $6 WHERE num = $1 AND state IN ('taken', 'handed');

-- name: messages
SELECT num, key, kind, channel, recipient, subject, state, tries, problem, created_at, next_at, done_at, '' FROM messages

-- name: message_by_num
SELECT num, key, kind, channel, recipient, subject, state, tries, problem, created_at, next_at, done_at, body FROM messages WHERE num = $1;

-- name: message_files
SELECT name, type, content FROM message_files WHERE message = $1 ORDER BY position;

-- name: message_retry
UPDATE messages SET state = 'waiting', tries = 0, problem = '', next_at = $2, done_at = 0 WHERE num = $1 AND state IN ('failed', 'unclear');

-- name: message_exists
SELECT COUNT(*) FROM messages WHERE num = $1;

-- name: message_has
SELECT COUNT(*) FROM messages WHERE key = $1;

-- name: message_files_forget
DELETE FROM message_files WHERE message IN (SELECT num FROM messages WHERE done_at > 0 AND done_at < $1);

-- name: messages_forget
DELETE FROM messages WHERE done_at > 0 AND done_at < $1;

-- name: messages_counts
SELECT state, COUNT(*) FROM messages GROUP BY state;

-- name: subscriptions
SELECT num, kind, email, province, lang, day, created_by, created_at FROM subscriptions WHERE kind = $1 AND ended_at = 0 ORDER BY province, email;

-- name: subscription_insert
INSERT INTO subscriptions (num, kind, email, province, lang, day, created_by, created_at, ended_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM subscriptions), $1, $2, $3, $4, $5, $6, $7, 0)
ON CONFLICT (kind, email, province) WHERE ended_at = 0 DO NOTHING RETURNING num;

-- name: subscription_find
SELECT num, kind, email, province, lang, day, created_by, created_at FROM subscriptions WHERE num = $1 AND ended_at = 0;

-- name: subscription_end
UPDATE subscriptions SET ended_at = $2 WHERE num = $1 AND ended_at = 0;
