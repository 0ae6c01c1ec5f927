-- +goose Up
CREATE TABLE registry_version (version BIGINT NOT NULL);
INSERT INTO registry_version (version) VALUES (1);
