CREATE TABLE favicons(id INTEGER PRIMARY KEY,url LONGVARCHAR NOT NULL,icon_type INTEGER DEFAULT 1);
CREATE TABLE favicon_bitmaps(id INTEGER PRIMARY KEY,icon_id INTEGER NOT NULL,last_updated INTEGER DEFAULT 0,image_data BLOB,width INTEGER DEFAULT 0,height INTEGER DEFAULT 0);
CREATE TABLE icon_mapping(id INTEGER PRIMARY KEY,page_url LONGVARCHAR NOT NULL,icon_id INTEGER);
INSERT INTO favicons VALUES (1,'https://news.example.org/favicon.ico',1),(2,'https://gone.example.net/favicon.ico',1);
INSERT INTO favicon_bitmaps VALUES (1,1,13359038400000000,NULL,16,16);
INSERT INTO icon_mapping VALUES (1,'https://news.example.org/',1);
