-- name: registry_version
SELECT version FROM registry_version;
