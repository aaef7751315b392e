CREATE TABLE downloads(_id INTEGER PRIMARY KEY,uri TEXT,_data TEXT,status INTEGER,lastmod BIGINT,title TEXT);
INSERT INTO downloads VALUES (1,'http://dl.example.org/a.zip','/mnt/sdcard/Download/a.zip',200,1325412000000,'a.zip');
