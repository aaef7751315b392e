CREATE TABLE app_info (package_name TEXT,version_code INTEGER,digest_sha256 TEXT);
INSERT INTO app_info VALUES ('com.example.helper',7,'000000000000000000000000000000000000000000000000000000000000abcd'),('com.example.old',NULL,NULL),(NULL,1,'x');
