-- name: signup_latest
SELECT r.num, r.version, r.digest, r.source, r.actor, r.reason, r.received_at FROM signup_reports AS r
WHERE r.destination = $1 AND r.id = $2 ORDER BY r.version DESC LIMIT 1;

-- name: signup_report_insert
INSERT INTO signup_reports (num, destination, id, version, digest, source, actor, reason, received_at)
VALUES ((SELECT coalesce(max(num), 0) + 1 FROM signup_reports), $1, $2, $3, $4, $5, $6, $7, $8) RETURNING num;

-- name: signup_row_insert
INSERT INTO signup_rows (report, day, placement, stage, count) VALUES ($1, $2, $3, $4, $5);

-- name: signups_take_back
DELETE FROM signups WHERE report = $1;

-- name: signups_insert
INSERT INTO signups (destination, day, placement, stage, province, campaign, report, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: signups_holder
SELECT r.id FROM signups AS s JOIN signup_reports AS r ON r.num = s.report
WHERE s.destination = $1 AND s.day = $2 AND s.placement = $3 AND s.stage = $4 AND r.id <> $5;

-- name: signup_reports
SELECT d.id, r.id, r.version, r.source, r.actor, r.reason, r.received_at,
       (SELECT count(*) FROM signup_rows AS x WHERE x.report = r.num),
       (SELECT coalesce(sum(x.count), 0) FROM signup_rows AS x WHERE x.report = r.num AND x.stage = 'signup'),
       (SELECT coalesce(sum(x.count), 0) FROM signup_rows AS x WHERE x.report = r.num AND x.stage = 'first_listing'),
       (SELECT coalesce(sum(x.count), 0) FROM signup_rows AS x WHERE x.report = r.num AND x.stage = 'first_sale'),
       (SELECT min(x.day) FROM signup_rows AS x WHERE x.report = r.num), (SELECT max(x.day) FROM signup_rows AS x WHERE x.report = r.num)
FROM signup_reports AS r JOIN destinations AS d ON d.num = r.destination
WHERE ($1 = '' OR d.id = $1) AND ($2 = '' OR r.id = $2) ORDER BY r.num DESC LIMIT $3;
