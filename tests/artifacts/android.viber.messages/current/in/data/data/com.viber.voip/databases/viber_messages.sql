CREATE TABLE conversations (_id INTEGER PRIMARY KEY,name TEXT,conversation_type INTEGER);
CREATE TABLE participants (_id INTEGER PRIMARY KEY,conversation_id INTEGER,participant_info_id INTEGER);
CREATE TABLE participants_info (_id INTEGER PRIMARY KEY,number TEXT,member_id TEXT,display_name TEXT,contact_name TEXT,viber_name TEXT,participant_type INTEGER);
CREATE TABLE messages (_id INTEGER PRIMARY KEY,msg_date LONG,conversation_id INTEGER,participant_id INTEGER,send_type INTEGER,body TEXT,msg_info TEXT,description TEXT,extra_mime INTEGER,extra_uri TEXT,destination_uri TEXT,unread INTEGER,deleted INTEGER);
INSERT INTO conversations VALUES (1,NULL,0),(2,'Group',1);
INSERT INTO participants_info VALUES (1,NULL,'me','Me',NULL,NULL,0),(2,'+15550100101','abc=','Alex','Alex Example','A',1);
INSERT INTO participants VALUES (1,1,1),(2,1,2);
INSERT INTO messages VALUES (1,1714564800000,1,2,0,'see https://gate.example.org/q','{"Text":"x","URL":"https://gate.example.org/q"}',NULL,1006,NULL,NULL,1,0),(2,1714564860000,1,1,1,'no',NULL,NULL,0,NULL,NULL,0,0),(3,1714564900000,2,99,0,NULL,NULL,'doc',1005,'content://x','file:///storage/emulated/0/Android/data/com.viber.voip/files/a.pdf',0,1);
