CREATE TABLE appstate (package_name,first_download_ms,account,title,last_notified_version);
INSERT INTO appstate VALUES (NULL,1714564700000,'a','no package','x'),('com.example.odd','soon',x'ff',7,'many');
