CREATE TABLE packages (_id INTEGER PRIMARY KEY,package_name TEXT, UNIQUE(package_name) ON CONFLICT ABORT);
CREATE TABLE "events" (_id INTEGER PRIMARY KEY,timestamp INTEGER NOT NULL,type INTEGER NOT NULL,package_id INTEGER NOT NULL,instance_id INTEGER DEFAULT NULL, task_root_package_id INTEGER DEFAULT NULL);
INSERT INTO packages VALUES (1,'android'),(2,'com.example.notes'),(3,'com.example.launcher');
INSERT INTO events VALUES (10,1718432002027,1,2,77,3),(11,1718432003000,27,1,0,NULL),(12,1718432004000,7,99,0,NULL),(13,'soon','odd',2,0,NULL);
