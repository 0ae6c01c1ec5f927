-- Words that stand in the place of those of assets/text, and a number that
-- grows with every change of them. Times are Unix ms.

-- +goose Up
CREATE TABLE texts_version (version BIGINT NOT NULL);
INSERT INTO texts_version (version) VALUES (1);

CREATE TABLE texts (
    key        TEXT NOT NULL,
    lang       TEXT NOT NULL,
    words      TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (key, lang)
);

-- +goose Down
DROP TABLE texts;
DROP TABLE texts_version;
