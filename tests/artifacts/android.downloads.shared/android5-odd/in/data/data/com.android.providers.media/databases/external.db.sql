CREATE TABLE files (_id INTEGER PRIMARY KEY,_data,_size,date_added,mime_type,title);
INSERT INTO files VALUES (1,'/storage/emulated/0/a.jpg','x','soon',NULL,x'ff');
