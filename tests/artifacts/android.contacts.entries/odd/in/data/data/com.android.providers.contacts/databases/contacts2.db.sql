CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY,display_name,contact_id,deleted,last_time_contacted);
CREATE TABLE mimetypes (_id INTEGER PRIMARY KEY,mimetype);
CREATE TABLE data (_id INTEGER PRIMARY KEY,mimetype_id,raw_contact_id,data1,data3);
INSERT INTO raw_contacts VALUES (1,7,NULL,'maybe','soon');
INSERT INTO mimetypes VALUES (1,x'ff'),(2,'vnd.android.cursor.item/phone_v2');
INSERT INTO data VALUES (1,2,99,'+15550100101',NULL),(2,99,1,'no type',NULL),(3,1,1,x'6162ff',5),(4,2,1,NULL,NULL);
