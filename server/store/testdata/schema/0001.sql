-- Schema 1 with the rows of filled() in registry_test.go, as sqlite3's .dump writes it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-24 20:16:04');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-24 20:16:04');
CREATE TABLE registry_version (version BIGINT NOT NULL);
INSERT INTO registry_version VALUES(2);
CREATE TABLE destinations (
    num         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    name_vi     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    url         TEXT NOT NULL,
    pass_params TEXT NOT NULL, -- JSON array
    fallback_id TEXT REFERENCES destinations (id),
    confirmed   INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    paused      INTEGER NOT NULL CHECK (paused IN (0, 1)),
    position    INTEGER NOT NULL,
    updated_at  BIGINT NOT NULL
);
INSERT INTO destinations VALUES(1,'voso','marketplace_signup','Vỏ Sò','Vo So','https://voso.vn/','["ref","q"]',NULL,1,0,2,1772341200007);
INSERT INTO destinations VALUES(2,'postmart','marketplace_signup','Postmart','Postmart','https://buudien.vn/','[]','voso',0,1,1,1772341200007);
CREATE TABLE portals (
    num           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    province      INTEGER NOT NULL, -- referral.ProvinceID as registered
    hosts         TEXT NOT NULL, -- JSON array
    contact_email TEXT NOT NULL,
    merged_into   TEXT REFERENCES portals (id),
    search        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    CHECK (merged_into <> id)
);
INSERT INTO portals VALUES(1,'stttt-dong-thap','Sở TT&TT Đồng Tháp',870,'["stttt.dongthap.gov.vn","dongthap.vn"]','lan@dongthap.gov.vn',NULL,'stttt-dong-thap so tt&tt dong thap stttt.dongthap.gov.vn dongthap.vn',1772341200007,1772341200007);
INSERT INTO portals VALUES(2,'snn-hue','Sở Nông nghiệp Thừa Thiên Huế',460,'[]','',NULL,'snn-hue so nong nghiep thua thien hue',1772341200007,1772341200007);
CREATE TABLE campaigns (
    num        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    from_day   INTEGER, -- referral.Day
    to_day     INTEGER,
    search     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO campaigns VALUES(1,'tet-2026','Tết Bính Ngọ',20468,NULL,'tet-2026 tet binh ngo',1772341200007,1772341200007);
CREATE TABLE placements (
    num         INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    portal      INTEGER NOT NULL REFERENCES portals (num),
    kind        TEXT NOT NULL,
    destination INTEGER REFERENCES destinations (num), -- NULL: the hub
    label       TEXT NOT NULL,
    campaign    INTEGER REFERENCES campaigns (num),
    state       TEXT NOT NULL,
    search      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
INSERT INTO placements VALUES(1,'K7Q2PA',1,'widget',1,'Chân trang',NULL,'open','k7q2pa chan trang',1772341200007,1772341201007);
INSERT INTO placements VALUES(2,'K7Q2PB',2,'qr',NULL,'Chợ Đông Ba',1,'paused','k7q2pb cho dong ba',1772341200007,1772341201007);
INSERT INTO placements VALUES(3,'K7Q2PC',1,'link',2,'',1,'retired','k7q2pc',1772341200007,1772341201007);
CREATE TABLE history (
    num         INTEGER PRIMARY KEY,
    changed_at  BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    entity      TEXT NOT NULL,
    entity_key  TEXT NOT NULL,
    verb        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json  TEXT NOT NULL
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',2);
CREATE INDEX portals_by_province ON portals (province, id);
CREATE INDEX placements_by_portal ON placements (portal, num);
CREATE INDEX placements_by_destination ON placements (destination, num);
CREATE INDEX placements_by_campaign ON placements (campaign, num);
CREATE INDEX history_by_entity ON history (entity, entity_key, num);
COMMIT;
