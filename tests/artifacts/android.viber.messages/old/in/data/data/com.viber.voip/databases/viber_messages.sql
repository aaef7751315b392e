CREATE TABLE messages (_id INTEGER PRIMARY KEY,address TEXT,date LONG,type INTEGER,body TEXT,location_lat INTEGER,conversation_id INTEGER);
INSERT INTO messages VALUES (1,'+15550100101',1364817600000,0,'old hello',0,1),(2,'+15550100101','soon','x',x'ff',0,'y');
