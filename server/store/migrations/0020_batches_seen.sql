-- Which batches were counted that may come again, in the journal that their
-- origin writes to or as copies in others; written in the transaction that adds
-- up. An origin numbers its batches from 1 on: see rollup.Seen.

-- +goose Up
CREATE TABLE batches_seen (
    origin         TEXT PRIMARY KEY,
    highest        BIGINT NOT NULL,
    recent         BIGINT NOT NULL, -- 64 bits: bit n says of highest − n
    copies_highest BIGINT NOT NULL,
    copies_recent  BIGINT NOT NULL,
    seen_at        BIGINT NOT NULL  -- Unix ms
);

-- +goose Down
DROP TABLE batches_seen;
