CREATE TABLE recipient (_id INTEGER PRIMARY KEY,e164 TEXT,aci TEXT,email TEXT,username TEXT,profile_joined_name TEXT,system_joined_name TEXT,blocked INTEGER,registered INTEGER);
CREATE TABLE message (_id INTEGER PRIMARY KEY,date_sent INTEGER,date_received INTEGER,thread_id INTEGER,from_recipient_id INTEGER,to_recipient_id INTEGER,type INTEGER,body TEXT,remote_deleted INTEGER);
INSERT INTO recipient VALUES (1,'+15550100100','aci-1',NULL,NULL,'Owner',NULL,0,1),(2,'+15550100101','aci-2',NULL,'alex.42','Alex',NULL,1,1);
INSERT INTO message VALUES (1,1714564799000,1714564800000,1,2,1,10485780,'see https://gate.example.org/q',0),(2,1714564860000,1714564860000,1,1,2,10485783,'no',0),(3,'soon',NULL,'x',99,NULL,'y',x'ff',NULL);
