-- name: health_statuses
SELECT d.id, h.url, h.state, h.streak, h.deaths, h.died_at, h.checked_at, h.changed_at, h.reason, h.http, h.host, h.known_host, h.expires_at, h.took_ms,
       h.forced, h.forced_by, h.forced_reason, h.forced_at
FROM destination_health AS h JOIN destinations AS d ON d.num = h.destination;

-- name: health_save
INSERT INTO destination_health (destination, url, state, streak, deaths, died_at, checked_at, changed_at, reason, http, host, known_host, expires_at, took_ms,
                                forced, forced_by, forced_reason, forced_at)
SELECT num, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 FROM destinations WHERE id = $1
ON CONFLICT (destination) DO UPDATE SET url = excluded.url, state = excluded.state, streak = excluded.streak, deaths = excluded.deaths, died_at = excluded.died_at,
    checked_at = excluded.checked_at, changed_at = excluded.changed_at, reason = excluded.reason, http = excluded.http, host = excluded.host,
    known_host = excluded.known_host, expires_at = excluded.expires_at, took_ms = excluded.took_ms;

-- name: health_force
INSERT INTO destination_health (destination, url, state, streak, deaths, died_at, checked_at, changed_at, reason, http, host, known_host, expires_at, took_ms,
                                forced, forced_by, forced_reason, forced_at)
SELECT num, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 FROM destinations WHERE id = $1
ON CONFLICT (destination) DO UPDATE SET forced = excluded.forced, forced_by = excluded.forced_by, forced_reason = excluded.forced_reason,
    forced_at = excluded.forced_at;

-- name: health_event_insert
INSERT INTO destination_health_events (num, destination, happened_at, state_from, state_to, reason, http, host, actor, note)
SELECT (SELECT coalesce(max(num), 0) + 1 FROM destination_health_events), num, $2, $3, $4, $5, $6, $7, $8, $9 FROM destinations WHERE id = $1;

-- name: health_events_prune
DELETE FROM destination_health_events WHERE happened_at < $1;

-- name: health_events
SELECT e.happened_at, e.state_from, e.state_to, e.reason, e.http, e.host, e.actor, e.note
FROM destination_health_events AS e JOIN destinations AS d ON d.num = e.destination
WHERE d.id = $1 ORDER BY e.num DESC LIMIT $2;
