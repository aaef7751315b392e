CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY,account_name TEXT,account_type TEXT,contact_id INTEGER,deleted INTEGER,display_name TEXT);
CREATE TABLE contacts (_id INTEGER PRIMARY KEY);
CREATE TABLE mimetypes (_id INTEGER PRIMARY KEY,mimetype TEXT);
CREATE TABLE data (_id INTEGER PRIMARY KEY,mimetype_id INTEGER,raw_contact_id INTEGER,data1 TEXT,data2 TEXT,data3 TEXT);
INSERT INTO raw_contacts VALUES (1,'owner@example.org','com.google',1,0,'Alex');
INSERT INTO mimetypes VALUES (5,'vnd.android.cursor.item/phone_v2');
INSERT INTO data VALUES (1,5,1,'555-010-0101','2','mobile');
