-- name: alert_insert
INSERT INTO alerts (num, kind, subject, args, since, opened_at, closed_at, told_at, end_told, known_by, known_at, seen_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM alerts), $1, $2, $3, $4, $5, 0, 0, 0, '', 0, $5)
ON CONFLICT (kind, subject) WHERE closed_at = 0 DO NOTHING RETURNING num;

-- name: alert_renew
UPDATE alerts SET args = $3 WHERE kind = $1 AND subject = $2 AND closed_at = 0 AND args <> $3;

-- name: alert_seen
UPDATE alerts SET seen_at = $2 WHERE num = $1 AND closed_at = 0;

-- name: alert_open_one
SELECT num, kind, subject, args, since, opened_at, closed_at, told_at, end_told, known_by, known_at, seen_at FROM alerts
WHERE kind = $1 AND subject = $2 AND closed_at = 0;

-- name: alert_close
UPDATE alerts SET closed_at = $2 WHERE num = $1 AND closed_at = 0;

-- name: alerts_open
SELECT num, kind, subject, args, since, opened_at, closed_at, told_at, end_told, known_by, known_at, seen_at FROM alerts
WHERE closed_at = 0 ORDER BY opened_at, num;

-- name: alerts_closed
SELECT num, kind, subject, args, since, opened_at, closed_at, told_at, end_told, known_by, known_at, seen_at FROM alerts
WHERE closed_at >= $1 AND closed_at > 0 ORDER BY closed_at DESC, num DESC LIMIT 500;

-- name: alert_told
UPDATE alerts SET told_at = CASE WHEN closed_at = 0 THEN $2 ELSE told_at END, end_told = CASE WHEN closed_at = 0 THEN end_told ELSE 1 END WHERE num = $1;

-- name: alert_know
UPDATE alerts SET known_by = $2, known_at = $3 WHERE num = $1 AND closed_at = 0;
