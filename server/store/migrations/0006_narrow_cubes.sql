-- Narrow cubes for questions over years, filled from the finer ones. The units
-- are those of 0002. In the design's example (5,000 placements, 3 years):
--
--   rollup_placement_total_month    180,000 cells instead of 510,000: crossed with
--                                   neither destination nor channel; "through"
--                                   counts people on a destination, not the hub
--   rollup_campaign_day, ..._month  28 cells a day and campaign at most, instead
--                                   of one for each of its placements
--   rollup_agent_country_day        a thirtieth of rollup_agent_day

-- +goose Up
CREATE TABLE rollup_placement_total_month (
    month     INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    province  INTEGER NOT NULL,
    people    BIGINT NOT NULL,
    repeat    BIGINT NOT NULL,
    bot       BIGINT NOT NULL,
    preview   BIGINT NOT NULL,
    through   BIGINT NOT NULL,
    PRIMARY KEY (month, placement, province)
) WITHOUT ROWID;
CREATE INDEX rollup_placement_total_month_by_placement ON rollup_placement_total_month (placement, month);
CREATE INDEX rollup_placement_total_month_by_province ON rollup_placement_total_month (province, month);
INSERT INTO rollup_placement_total_month
SELECT month, placement, province, sum(people), sum(repeat), sum(bot), sum(preview), sum(CASE WHEN destination <> 0 THEN people ELSE 0 END)
FROM rollup_placement_month GROUP BY month, placement, province;

CREATE TABLE rollup_campaign_day (
    day         INTEGER NOT NULL,
    campaign    INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (day, campaign, destination, channel)
) WITHOUT ROWID;
CREATE INDEX rollup_campaign_day_by_campaign ON rollup_campaign_day (campaign, day);
INSERT INTO rollup_campaign_day
SELECT day, campaign, destination, channel, sum(people), sum(repeat), sum(bot), sum(preview)
FROM rollup_placement_day GROUP BY day, campaign, destination, channel;

CREATE TABLE rollup_campaign_month (
    month       INTEGER NOT NULL,
    campaign    INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    channel     INTEGER NOT NULL,
    people      BIGINT NOT NULL,
    repeat      BIGINT NOT NULL,
    bot         BIGINT NOT NULL,
    preview     BIGINT NOT NULL,
    PRIMARY KEY (month, campaign, destination, channel)
) WITHOUT ROWID;
INSERT INTO rollup_campaign_month
SELECT month, campaign, destination, channel, sum(people), sum(repeat), sum(bot), sum(preview)
FROM rollup_placement_month GROUP BY month, campaign, destination, channel;

CREATE TABLE rollup_agent_country_day (
    day     INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    agent   INTEGER NOT NULL REFERENCES agents (id),
    people  BIGINT NOT NULL,
    repeat  BIGINT NOT NULL,
    bot     BIGINT NOT NULL,
    preview BIGINT NOT NULL,
    PRIMARY KEY (day, channel, agent)
) WITHOUT ROWID;
INSERT INTO rollup_agent_country_day
SELECT day, channel, agent, sum(people), sum(repeat), sum(bot), sum(preview)
FROM rollup_agent_day GROUP BY day, channel, agent;

-- +goose Down
DROP TABLE rollup_agent_country_day;
DROP TABLE rollup_campaign_month;
DROP TABLE rollup_campaign_day;
DROP TABLE rollup_placement_total_month;
