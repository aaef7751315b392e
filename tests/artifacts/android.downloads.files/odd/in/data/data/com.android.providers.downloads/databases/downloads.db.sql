CREATE TABLE downloads(_id INTEGER PRIMARY KEY,uri,_data,status,lastmod,title,uid);
INSERT INTO downloads VALUES (1,7,x'ff','done','soon',NULL,'x'),(2,NULL,NULL,NULL,NULL,NULL,NULL);
