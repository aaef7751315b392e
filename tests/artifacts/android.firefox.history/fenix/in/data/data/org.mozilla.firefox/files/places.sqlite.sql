CREATE TABLE moz_places (id INTEGER PRIMARY KEY,url LONGVARCHAR NOT NULL,title LONGVARCHAR,guid TEXT);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY,is_local INTEGER NOT NULL,from_visit INTEGER,place_id INTEGER NOT NULL,visit_date INTEGER NOT NULL,visit_type INTEGER NOT NULL);
INSERT INTO moz_places VALUES (1,'https://news.example.org/','News','a'),(2,'https://gate.example.net/','Gate','b'),(3,'https://mark.example.org/','Bookmark','c');
INSERT INTO moz_historyvisits VALUES (1,1,NULL,1,1714564800000,2),(2,1,1,2,1714564801000,6);
