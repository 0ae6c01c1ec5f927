-- name: check_writable
UPDATE registry_version SET version = version;

-- name: applied_clicks
SELECT COALESCE(SUM(clicks), 0), COALESCE(MAX(last_milli), 0) FROM journal_applied;
