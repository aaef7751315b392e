CREATE TABLE cookies(creation_utc,host_key,name,expires_utc);
INSERT INTO cookies VALUES ('x',NULL,NULL,NULL),(-1,7,x'ff','x'),(13359038400000000,'c2.example.net','a',1);
