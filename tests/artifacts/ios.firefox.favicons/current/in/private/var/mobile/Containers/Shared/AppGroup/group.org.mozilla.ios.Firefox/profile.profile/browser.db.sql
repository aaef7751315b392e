CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL UNIQUE, url TEXT UNIQUE, title TEXT NOT NULL, server_modified INTEGER, local_modified INTEGER, is_deleted TINYINT NOT NULL DEFAULT 0, should_upload TINYINT NOT NULL DEFAULT 0);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, date REAL NOT NULL, type INTEGER NOT NULL, is_local TINYINT NOT NULL);
INSERT INTO history (id, guid, url, title) VALUES (1, 'A', 'https://a.example/', 'A'), (2, 'B', 'https://inject.example.org/x9', ''), (3, 'C', 'https://expired.example/', 'Expired'), (4, 'D', NULL, '');
CREATE TABLE favicons (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, width INTEGER, height INTEGER, type INTEGER NOT NULL, date REAL NOT NULL);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, faviconID INTEGER NOT NULL);
CREATE TABLE favicon_site_urls (id INTEGER PRIMARY KEY AUTOINCREMENT, site_url TEXT NOT NULL, faviconID INTEGER NOT NULL);
INSERT INTO favicons VALUES (1, 'https://cdn.example/icon.png', 16, 16, 1, 1674000000.25), (2, 'https://inject.example.org/favicon.ico', 16, 16, 1, 1674000001);
INSERT INTO favicon_sites VALUES (1, 1, 1), (2, 2, 1);
INSERT INTO favicon_site_urls VALUES (1, 'https://a.example/', 1), (2, 'https://later.example/', 1);
