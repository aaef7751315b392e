CREATE TABLE messages(mid INTEGER PRIMARY KEY, uid, date, data, out);
CREATE TABLE users(uid INTEGER PRIMARY KEY, name, status, data);
CREATE TABLE chats(uid INTEGER PRIMARY KEY, name, data);
INSERT INTO messages VALUES (1,'x','soon','text, no blob','y'),(2,5,1364817600,x'ff0102',0),(3,NULL,NULL,NULL,NULL);
INSERT INTO users VALUES (5,x'ff','x',7),(6,NULL,NULL,NULL);
