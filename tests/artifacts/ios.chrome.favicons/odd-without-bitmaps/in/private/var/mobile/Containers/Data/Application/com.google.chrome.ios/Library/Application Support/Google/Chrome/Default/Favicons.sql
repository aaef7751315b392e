CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url, icon_id);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url);
INSERT INTO favicons VALUES (1, X'FF'), (2, NULL);
INSERT INTO icon_mapping VALUES (1, NULL, 1), (2, 5, 'x');
