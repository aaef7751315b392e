CREATE TABLE suggestions (_id INTEGER PRIMARY KEY,display1,query,date);
INSERT INTO suggestions VALUES (1,NULL,NULL,NULL),(2,'shown',NULL,'x');
