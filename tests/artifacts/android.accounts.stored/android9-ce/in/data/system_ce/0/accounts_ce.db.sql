CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, password TEXT, UNIQUE(name,type));
INSERT INTO accounts VALUES (1, 'alex@mail.example', 'com.google', 'secret');
