CREATE TABLE frosting (pk TEXT PRIMARY KEY,data BLOB,apk_path TEXT,last_updated INTEGER);
INSERT INTO frosting VALUES ('com.example.helper',x'0801','/data/app/~~aaa==/com.example.helper-bbb==/base.apk',1714564700000);
