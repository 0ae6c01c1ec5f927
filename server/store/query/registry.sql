-- name: registry_version
SELECT version FROM registry_version;

-- name: registry_version_raise
UPDATE registry_version SET version = version + 1;

-- name: destinations
SELECT num, id, kind, name_vi, name_en, url, pass_params, COALESCE(fallback_id, ''), confirmed, paused, position, updated_at
FROM destinations ORDER BY position, id;

-- name: destination_by_id
SELECT num, id, kind, name_vi, name_en, url, pass_params, COALESCE(fallback_id, ''), confirmed, paused, position, updated_at
FROM destinations WHERE id = $1;

-- name: destination_insert
INSERT INTO destinations (num, id, kind, name_vi, name_en, url, pass_params, fallback_id, confirmed, paused, position, updated_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM destinations), $1, $2, $3, $4, $5, $6, NULLIF($7, ''), $8, $9, $10, $11)
ON CONFLICT (id) DO NOTHING RETURNING num;

-- name: destination_update
UPDATE destinations SET kind = $2, name_vi = $3, name_en = $4, url = $5, pass_params = $6, fallback_id = NULLIF($7, ''),
    confirmed = $8, paused = $9, position = $10, updated_at = $11
WHERE id = $1;

-- name: portals
SELECT num, id, name, province, hosts, pages, contact_email, COALESCE(merged_into, ''), former_province, kept_under, created_at, updated_at
FROM portals

-- name: portal_insert
INSERT INTO portals (num, id, name, province, hosts, contact_email, merged_into, search, former_province, kept_under, created_at, updated_at, pages)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM portals), $1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO NOTHING RETURNING num;

-- name: portal_update
UPDATE portals SET name = $2, province = $3, hosts = $4, contact_email = $5, merged_into = NULLIF($6, ''), search = $7,
    former_province = $8, kept_under = $9, updated_at = $10, pages = $11
WHERE id = $1;

-- name: portals_by_registration
SELECT province, kept_under, COUNT(*) FROM portals WHERE merged_into IS NULL GROUP BY province, kept_under;

-- name: placement_counts
SELECT portals.id, COUNT(*) FROM placements JOIN portals ON portals.num = placements.portal
WHERE placements.state <> 'retired' GROUP BY portals.id;

-- name: campaigns
SELECT num, id, name, from_day, to_day, poster_texts, created_at, updated_at
FROM campaigns

-- name: campaign_insert
INSERT INTO campaigns (num, id, name, from_day, to_day, poster_texts, search, created_at, updated_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM campaigns), $1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO NOTHING RETURNING num;

-- name: campaign_update
UPDATE campaigns SET name = $2, from_day = $3, to_day = $4, poster_texts = $5, search = $6, updated_at = $7
WHERE id = $1;

-- name: placements
SELECT placements.num, placements.code, portals.id, placements.kind, COALESCE(destinations.id, ''), placements.label,
    COALESCE(campaigns.id, ''), placements.state, placements.created_at, placements.updated_at
FROM placements
JOIN portals ON portals.num = placements.portal
LEFT JOIN destinations ON destinations.num = placements.destination
LEFT JOIN campaigns ON campaigns.num = placements.campaign

-- name: placements_snapshot
SELECT num, code, portal, COALESCE(destination, 0), label, COALESCE(campaign, 0),
    CASE kind WHEN 'widget' THEN 0 WHEN 'qr' THEN 1 WHEN 'link' THEN 2 END,
    CASE state WHEN 'open' THEN 0 WHEN 'paused' THEN 1 WHEN 'retired' THEN 2 END
FROM placements;

-- name: placement_count
SELECT COUNT(*) FROM placements;

-- name: placement_insert
INSERT INTO placements (num, code, portal, kind, destination, label, campaign, state, search, created_at, updated_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM placements), $1, $2, $3, NULLIF($4, 0), $5, NULLIF($6, 0), $7, $8, $9, $10)
ON CONFLICT (code) DO NOTHING RETURNING num;

-- name: placement_update
UPDATE placements SET destination = NULLIF($2, 0), label = $3, campaign = NULLIF($4, 0), state = $5, search = $6, updated_at = $7
WHERE code = $1;

-- name: portal_num
SELECT num FROM portals WHERE id = $1;

-- name: destination_num
SELECT num FROM destinations WHERE id = $1;

-- name: campaign_num
SELECT num FROM campaigns WHERE id = $1;

-- name: history
SELECT num, changed_at, actor, entity, entity_key, verb, reason, before_json, after_json
FROM history

-- name: history_append
INSERT INTO history (num, changed_at, actor, entity, entity_key, verb, reason, before_json, after_json)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM history), $1, $2, $3, $4, $5, $6, $7, $8);

-- name: history_last
SELECT COALESCE(MAX(num), 0) FROM history;

-- name: widget_release
SELECT stable, previous, canary, canary_provinces, updated_at FROM widget_release;

-- name: widget_release_update
UPDATE widget_release SET stable = $1, previous = $2, canary = $3, canary_provinces = $4, updated_at = $5;

-- name: postgres_listen
LISTEN lensan_registry;

-- name: postgres_notify
SELECT pg_notify('lensan_registry', '');
