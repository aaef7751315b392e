
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, special_id INTEGER DEFAULT 0, parent INTEGER, type INTEGER, title TEXT, url TEXT COLLATE NOCASE);
INSERT INTO bookmarks VALUES (1, 0, 0, 0, 'A page', 'http://old.example/');
