CREATE TABLE bookmarks (_id INTEGER PRIMARY KEY,title TEXT,url TEXT,visits INTEGER,date LONG,created LONG,description TEXT,bookmark INTEGER,favicon BLOB);
INSERT INTO bookmarks VALUES (1,'News','http://news.example.org/',3,1293883200000,0,NULL,0,NULL),(2,'Mark','http://mark.example.org/',0,0,1293883200000,NULL,1,NULL);
