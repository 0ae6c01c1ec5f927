-- name: journal_applied
SELECT seq FROM journal_applied WHERE journal = $1;

-- name: journal_begin
INSERT INTO journal_applied (journal, seq, clicks, last_milli, applied_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (journal) DO UPDATE SET seq = excluded.seq, clicks = excluded.clicks, last_milli = excluded.last_milli, applied_at = excluded.applied_at
WHERE journal_applied.seq = 0;

-- name: journal_advance
UPDATE journal_applied SET seq = $2, clicks = clicks + $3, last_milli = CASE WHEN $3 = 0 THEN last_milli ELSE $4 END, applied_at = $5 WHERE journal = $1 AND seq = $6;

-- name: journal_clicks
SELECT coalesce(sum(clicks), 0) FROM journal_applied;

-- name: batches_seen
SELECT highest, recent, copies_highest, copies_recent FROM batches_seen WHERE origin = $1;

-- name: batches_seen_begin
INSERT INTO batches_seen (origin, seen_at, highest, recent, copies_highest, copies_recent) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (origin) DO NOTHING;

-- name: batches_seen_advance
UPDATE batches_seen SET seen_at = $2, highest = $3, recent = $4, copies_highest = $5, copies_recent = $6
WHERE origin = $1 AND highest = $7 AND recent = $8 AND copies_highest = $9 AND copies_recent = $10;

-- name: batches_seen_forget
DELETE FROM batches_seen WHERE seen_at < $1;

-- name: turn_take
SELECT pg_try_advisory_lock($1);

-- name: quality_add
INSERT INTO quality (day, lost, unconfirmed) VALUES ($1, $2, $3)
ON CONFLICT (day) DO UPDATE SET lost = quality.lost + excluded.lost, unconfirmed = quality.unconfirmed + excluded.unconfirmed;

-- name: agent_find
SELECT id FROM agents WHERE device = $1 AND os = $2 AND browser = $3 AND app = $4;

-- name: agent_add
INSERT INTO agents (id, device, os, browser, app) SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4 FROM agents RETURNING id;

-- name: host_find
SELECT id FROM hosts WHERE host = $1;

-- name: host_count
SELECT count(*) FROM hosts;

-- name: host_add
INSERT INTO hosts (id, host) SELECT coalesce(max(id), 0) + 1, $1 FROM hosts RETURNING id;

-- name: visitor_sketch
SELECT sketch FROM visitor_sketches WHERE day = $1 AND province = $2;

-- name: visitor_sketch_set
INSERT INTO visitor_sketches (day, province, sketch) VALUES ($1, $2, $3)
ON CONFLICT (day, province) DO UPDATE SET sketch = excluded.sketch;

-- name: visitors_set
INSERT INTO visitors (day, province, estimate) VALUES ($1, $2, $3)
ON CONFLICT (day, province) DO UPDATE SET estimate = excluded.estimate;

-- name: rollup_keep
INSERT INTO rollup_kept (cube, from_day) VALUES ($1, $2)
ON CONFLICT (cube) DO UPDATE SET from_day = CASE WHEN excluded.from_day > rollup_kept.from_day THEN excluded.from_day ELSE rollup_kept.from_day END;

-- name: rollup_kept_from
SELECT max(from_day) FROM rollup_kept WHERE cube = $1;

-- name: rollup_hour_oldest
SELECT coalesce(min(hour), 0) FROM rollup_hour;

-- name: rollup_hour_prune
DELETE FROM rollup_hour WHERE hour = $1;

-- name: rollup_hour_sum_from
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_hour WHERE hour >= $1;

-- name: rollup_placement_hour_oldest
SELECT coalesce(min(hour), 0) FROM rollup_placement_hour;

-- name: rollup_placement_hour_prune
DELETE FROM rollup_placement_hour WHERE hour = $1;

-- name: rollup_placement_hour_sum_from
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_placement_hour WHERE hour >= $1;

-- name: rollup_country_day_sum_from
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_country_day WHERE day >= $1;

-- name: rollup_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_day;

-- name: rollup_country_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_country_day;

-- name: rollup_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_month;

-- name: rollup_placement_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_placement_day;

-- name: rollup_placement_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_placement_month;

-- name: rollup_agent_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_agent_day;

-- name: rollup_agent_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_agent_month;

-- name: rollup_placement_agent_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_placement_agent_month;

-- name: rollup_placement_total_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_placement_total_month;

-- name: rollup_campaign_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_campaign_day;

-- name: rollup_campaign_month_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_campaign_month;

-- name: rollup_agent_country_day_sum
SELECT coalesce(sum(people + repeat + bot + preview), 0) FROM rollup_agent_country_day;
