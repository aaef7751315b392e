CREATE TABLE suggestions (_id INTEGER PRIMARY KEY,display1 TEXT UNIQUE ON CONFLICT REPLACE,query TEXT,date LONG);
INSERT INTO suggestions VALUES (1,'phone tracker','phone tracker',1714564700000);
