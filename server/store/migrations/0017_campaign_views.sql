-- Two cubes for questions over years.
--
--   rollup_placement_total_month    now in the order of placements: all months of
--                                   each are added up as they are read, where they
--                                   had to be sorted first; so it is read whole
--                                   by placement, 185,000 cells in three years
--   views_campaign_day              as many cells as days and campaigns, instead
--                                   of views of each placement by the day

-- +goose Up
ALTER TABLE rollup_placement_total_month RENAME TO rollup_placement_total_month_by_time;
DROP INDEX rollup_placement_total_month_by_placement;
DROP INDEX rollup_placement_total_month_by_province;
CREATE TABLE rollup_placement_total_month (
    placement INTEGER NOT NULL,
    month     INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    through   BIGINT NOT NULL,
    CONSTRAINT rollup_placement_total_month_key PRIMARY KEY (placement, month, province)
) WITHOUT ROWID;
INSERT INTO rollup_placement_total_month (placement, month, province, people, repeat, bot, preview, through)
SELECT placement, month, province, people, repeat, bot, preview, through FROM rollup_placement_total_month_by_time;
DROP TABLE rollup_placement_total_month_by_time;
CREATE INDEX rollup_placement_total_month_by_province ON rollup_placement_total_month (province, month);

CREATE TABLE views_campaign_day (
    day      INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    views    BIGINT NOT NULL,
    loads    BIGINT NOT NULL,
    PRIMARY KEY (day, campaign)
) WITHOUT ROWID;
INSERT INTO views_campaign_day SELECT day, campaign, sum(views), sum(loads) FROM views GROUP BY day, campaign;
CREATE INDEX views_campaign_day_by_campaign ON views_campaign_day (campaign, day);

-- +goose Down
DROP TABLE views_campaign_day;
ALTER TABLE rollup_placement_total_month RENAME TO rollup_placement_total_month_by_placement;
DROP INDEX rollup_placement_total_month_by_province;
CREATE TABLE rollup_placement_total_month (
    month     INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    through   BIGINT NOT NULL,
    CONSTRAINT rollup_placement_total_month_key_by_time PRIMARY KEY (month, placement, province)
) WITHOUT ROWID;
INSERT INTO rollup_placement_total_month (month, placement, province, people, repeat, bot, preview, through)
SELECT month, placement, province, people, repeat, bot, preview, through FROM rollup_placement_total_month_by_placement;
DROP TABLE rollup_placement_total_month_by_placement;
CREATE INDEX rollup_placement_total_month_by_placement ON rollup_placement_total_month (placement, month);
CREATE INDEX rollup_placement_total_month_by_province ON rollup_placement_total_month (province, month);
