-- name: texts_version
SELECT version FROM texts_version;

-- name: texts_version_raise
UPDATE texts_version SET version = version + 1;

-- name: texts
SELECT key, lang, words, changed_by, changed_at FROM texts ORDER BY key, lang;

-- name: texts_of_key
SELECT key, lang, words, changed_by, changed_at FROM texts WHERE key = $1 ORDER BY lang;

-- name: text_save
INSERT INTO texts (key, lang, words, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (key, lang) DO UPDATE SET words = excluded.words, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: text_delete
DELETE FROM texts WHERE key = $1 AND lang = $2;
