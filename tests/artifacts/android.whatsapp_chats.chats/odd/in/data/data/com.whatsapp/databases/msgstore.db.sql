CREATE TABLE chat (_id INTEGER PRIMARY KEY, subject, archived, created_timestamp);
INSERT INTO chat VALUES (1, x'ff', 'x', 'long ago');
INSERT INTO chat VALUES (2, NULL, NULL, NULL);
