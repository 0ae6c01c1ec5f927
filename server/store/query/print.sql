-- name: batches
SELECT print_batches.num, print_batches.id, print_batches.name, portals.id, COALESCE(destinations.id, ''), COALESCE(campaigns.id, ''),
    print_batches.paper, print_batches.state, print_batches.created_by, print_batches.edited_by, print_batches.approved_by, print_batches.approved_at,
    print_batches.serial_from, print_batches.serial_to, print_batches.printed_on, print_batches.printer, print_batches.quantity,
    print_batches.created_at, print_batches.updated_at
FROM print_batches
JOIN portals ON portals.num = print_batches.portal
LEFT JOIN destinations ON destinations.num = print_batches.destination
LEFT JOIN campaigns ON campaigns.num = print_batches.campaign

-- name: batch_insert
INSERT INTO print_batches (num, id, name, portal, destination, campaign, paper, state, created_by, edited_by, approved_by, approved_at,
    serial_from, serial_to, printed_on, printer, quantity, search, created_at, updated_at)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM print_batches), $1, $2, $3, NULLIF($4, 0), NULLIF($5, 0), $6, $7, $8, $9, '', 0,
    (SELECT -COALESCE(MAX(num), 0) - 1 FROM print_batches), 0, NULL, '', 0, $10, $11, $12)
ON CONFLICT (id) DO NOTHING RETURNING num;

-- name: batch_update
UPDATE print_batches SET name = $2, destination = NULLIF($3, 0), campaign = NULLIF($4, 0), paper = $5, state = $6, edited_by = $7, approved_by = $8,
    approved_at = $9, serial_from = CASE WHEN $10 = 0 THEN -num ELSE $10 END, serial_to = $11, printed_on = $12, printer = $13, quantity = $14,
    search = $15, updated_at = $16
WHERE id = $1;

-- name: batch_num
SELECT num FROM print_batches WHERE id = $1;

-- name: batch_counts
SELECT COUNT(*), COALESCE(SUM(copies), 0), COUNT(placed_on)
FROM print_places JOIN placements ON placements.num = print_places.placement
WHERE batch = (SELECT num FROM print_batches WHERE id = $1) AND placements.state <> 'retired';

-- name: places
SELECT print_places.placement, placements.code, print_batches.id, print_places.position, placements.label, print_places.commune, print_places.address,
    print_places.copies, print_places.serial_from, print_places.serial_to, print_places.placed_on, print_places.placed_by, placements.state
FROM print_places
JOIN placements ON placements.num = print_places.placement
JOIN print_batches ON print_batches.num = print_places.batch

-- name: places_snapshot
SELECT placements.code, print_batches.id, print_places.serial_from, print_places.serial_to
FROM print_places
JOIN placements ON placements.num = print_places.placement
JOIN print_batches ON print_batches.num = print_places.batch

-- name: place_insert
INSERT INTO print_places (placement, batch, position, commune, address, copies, serial_from, serial_to, placed_on, placed_by)
VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM print_places WHERE batch = $2), $3, $4, $5, 0, 0, NULL, '')
RETURNING position;

-- name: place_update
UPDATE print_places SET commune = $2, address = $3, copies = $4, serial_from = $5, serial_to = $6, placed_on = $7, placed_by = $8 WHERE placement = $1;

-- name: serials_take
UPDATE print_serial SET next = next + $1 RETURNING next;

-- name: batch_scans
SELECT placement, SUM(people), MAX(day) FROM rollup_placement_day
WHERE people > 0 AND placement IN (SELECT placement FROM print_places WHERE batch = (SELECT num FROM print_batches WHERE id = $1))
GROUP BY placement;

-- name: batches_never_scanned
SELECT print_batches.id, COUNT(*) FROM print_places
JOIN print_batches ON print_batches.num = print_places.batch
JOIN placements ON placements.num = print_places.placement
WHERE print_batches.state IN ('printed', 'placed') AND placements.state <> 'retired'
    AND NOT EXISTS (SELECT 1 FROM rollup_placement_month WHERE rollup_placement_month.placement = print_places.placement AND people > 0)
GROUP BY print_batches.id;

-- name: code_reports
SELECT num, code, serial, seen_at, note, created_at, closed_at, closed_by, outcome FROM code_reports

-- name: code_report_insert
INSERT INTO code_reports (num, code, serial, seen_at, note, created_at, closed_at, closed_by, outcome)
VALUES ((SELECT COALESCE(MAX(num), 0) + 1 FROM code_reports), $1, $2, $3, $4, $5, 0, '', '') RETURNING num;

-- name: code_report_close
UPDATE code_reports SET closed_at = $2, closed_by = $3, outcome = $4 WHERE num = $1 AND closed_at = 0;

-- name: code_report_count
SELECT COUNT(*) FROM code_reports
