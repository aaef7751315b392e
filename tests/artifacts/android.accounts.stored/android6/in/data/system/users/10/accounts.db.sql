CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, password TEXT);
INSERT INTO accounts VALUES (4, 'sam', 'com.example.mail', NULL);
