CREATE TABLE bookmarks(_id INTEGER PRIMARY KEY AUTOINCREMENT,title TEXT,url TEXT,folder INTEGER NOT NULL DEFAULT 0,parent INTEGER,deleted INTEGER NOT NULL DEFAULT 0,created INTEGER,modified INTEGER);
CREATE TABLE history(_id INTEGER PRIMARY KEY AUTOINCREMENT,title TEXT,url TEXT NOT NULL,created INTEGER,date INTEGER,visits INTEGER NOT NULL DEFAULT 0,user_entered INTEGER);
INSERT INTO bookmarks VALUES (1,'Bookmarks',NULL,1,NULL,0,NULL,NULL),(2,'Mark','http://mark.example.org/',0,1,0,1364817600000,NULL);
INSERT INTO history VALUES (1,'News','http://news.example.org/',0,1364817600000,3,1),(2,NULL,'http://gate.example.net/',0,'soon',1,0);
