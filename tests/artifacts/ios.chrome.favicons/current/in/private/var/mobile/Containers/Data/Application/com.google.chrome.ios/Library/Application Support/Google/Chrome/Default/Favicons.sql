CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url LONGVARCHAR NOT NULL, icon_id INTEGER);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url LONGVARCHAR NOT NULL, icon_type INTEGER DEFAULT 1);
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id INTEGER NOT NULL, last_updated INTEGER DEFAULT 0, image_data BLOB, width INTEGER DEFAULT 0, height INTEGER DEFAULT 0, last_requested INTEGER DEFAULT 0);
-- one icon in two sizes for two pages, an icon without a page, a page without its icon
INSERT INTO favicons VALUES (1, 'https://cdn.example/icon.png', 1), (2, 'https://inject.example.org/favicon.ico', 1);
INSERT INTO favicon_bitmaps (id, icon_id, last_updated, width) VALUES (1, 1, 13318000000000000, 16), (2, 1, 13318000000000001, 32), (3, 2, 0, 16);
INSERT INTO icon_mapping VALUES (1, 'https://a.example/', 1), (2, 'https://b.example/', 1), (3, 'https://c.example/', 9);
