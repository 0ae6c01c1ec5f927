-- name: coverage_sightings
SELECT p.portal, h.host, min(v.day), max(v.day), sum(v.views + v.loads), 0
FROM views AS v JOIN placements AS p ON p.num = v.placement JOIN hosts AS h ON h.id = v.host
WHERE v.day >= $1 AND h.host <> '' GROUP BY p.portal, h.host
UNION ALL
SELECT p.portal, h.host, min(r.day), max(r.day), 0, sum(r.people)
FROM rollup_referrer_day AS r JOIN placements AS p ON p.num = r.placement JOIN hosts AS h ON h.id = r.host
WHERE r.day >= $1 AND h.host <> '' AND r.people > 0 GROUP BY p.portal, h.host;

-- name: coverage_records
SELECT portal, first_seen, last_seen, last_found, checked_at, checks FROM coverage;

-- name: coverage_save
INSERT INTO coverage (portal, first_seen, last_seen, last_found, checked_at, checks) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (portal) DO UPDATE SET first_seen = excluded.first_seen, last_seen = excluded.last_seen, last_found = excluded.last_found,
    checked_at = excluded.checked_at, checks = excluded.checks;

-- name: coverage_seen_save
INSERT INTO coverage (portal, first_seen, last_seen, last_found, checked_at, checks) VALUES ($1, $2, $3, NULL, 0, '[]')
ON CONFLICT (portal) DO UPDATE SET first_seen = excluded.first_seen, last_seen = excluded.last_seen;

-- name: coverage_checked
SELECT COALESCE(MAX(checked_at), 0) FROM coverage;

-- name: coverage_week_save
INSERT INTO coverage_weeks (monday, portal, state) VALUES ($1, $2, $3)
ON CONFLICT (monday, portal) DO UPDATE SET state = excluded.state WHERE coverage_weeks.state <> excluded.state;

-- name: coverage_weeks
SELECT monday, portal, state FROM coverage_weeks WHERE monday >= $1 ORDER BY monday, portal;
