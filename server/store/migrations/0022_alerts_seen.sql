-- When a server last noted that it sees the sign of an alert. Unix ms.

-- +goose Up
ALTER TABLE alerts ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE alerts DROP COLUMN seen_at;
