CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL UNIQUE, url TEXT UNIQUE, title TEXT NOT NULL, server_modified INTEGER, local_modified INTEGER, is_deleted TINYINT NOT NULL DEFAULT 0, should_upload TINYINT NOT NULL DEFAULT 0);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, date REAL NOT NULL, type INTEGER NOT NULL, is_local TINYINT NOT NULL);
INSERT INTO history (id, guid, url, title) VALUES (1, 'A', 'https://a.example/', 'A'), (2, 'B', 'https://inject.example.org/x9', ''), (3, 'C', 'https://expired.example/', 'Expired'), (4, 'D', NULL, '');
INSERT INTO visits VALUES (1, 1, 1674000000500000, 1, 1), (2, 2, 1674000000700000, 6, 1), (3, 1, 1674003600000000, 2, 0);
