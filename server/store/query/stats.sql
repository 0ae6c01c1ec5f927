-- The names have one shape: num, id, in Vietnamese, in English, portal, merged into.

-- name: stats_last_lost
SELECT max(day) FROM quality WHERE lost > 0;

-- name: stats_quality
SELECT coalesce(sum(lost), 0), coalesce(sum(unconfirmed), 0) FROM quality WHERE day BETWEEN $1 AND $2;

-- name: stats_names_portal
SELECT num, id, name, '', 0, coalesce(merged_into, '') FROM portals;

-- name: stats_names_placement
SELECT num, code AS id, label, '', portal, '' FROM placements;

-- name: stats_names_destination
SELECT num, id, name_vi, name_en, 0, '' FROM destinations;

-- name: stats_names_campaign
SELECT num, id, name, '', 0, '' FROM campaigns;

-- name: stats_visitors
SELECT day, estimate FROM visitors WHERE day BETWEEN $1 AND $2 AND province IN (%s);

-- name: stats_visitor_sketches
SELECT sketch FROM visitor_sketches WHERE day = $1 AND province IN (%s);

-- name: stats_visitor_sums
SELECT province, sum(estimate), min(day), max(day) FROM visitors WHERE day BETWEEN $1 AND $2 AND province <> 0 GROUP BY province;

-- name: stats_names_batch
SELECT num, id, name, '', 0, '' FROM print_batches;

-- name: stats_prints
SELECT placement, batch FROM print_places;
