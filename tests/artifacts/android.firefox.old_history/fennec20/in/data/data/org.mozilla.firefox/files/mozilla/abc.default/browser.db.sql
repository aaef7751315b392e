CREATE TABLE history (_id INTEGER PRIMARY KEY AUTOINCREMENT,title TEXT,url TEXT NOT NULL,visits INTEGER NOT NULL DEFAULT 0,date INTEGER);
CREATE TABLE bookmarks (_id INTEGER PRIMARY KEY AUTOINCREMENT,title TEXT,url TEXT);
INSERT INTO history VALUES (1,'News','https://news.example.org/',1,1364817600000);
INSERT INTO bookmarks VALUES (1,'Folder',NULL),(2,'Mark','https://mark.example.org/');
