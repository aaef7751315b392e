CREATE TABLE pdu (_id INTEGER PRIMARY KEY,thread_id INTEGER,date INTEGER,msg_box INTEGER,read INTEGER DEFAULT 0,m_id TEXT,sub TEXT,m_type INTEGER);
CREATE TABLE addr (_id INTEGER PRIMARY KEY,msg_id INTEGER,contact_id INTEGER,address TEXT,type INTEGER,charset INTEGER);
CREATE TABLE part (_id INTEGER PRIMARY KEY,mid INTEGER,seq INTEGER DEFAULT 0,ct TEXT,name TEXT,cl TEXT,_data TEXT);
CREATE TABLE sms (_id INTEGER PRIMARY KEY,thread_id INTEGER,address TEXT,person INTEGER,date INTEGER,protocol INTEGER,read INTEGER DEFAULT 0,status INTEGER DEFAULT -1,type INTEGER,subject TEXT,body TEXT,service_center TEXT,locked INTEGER DEFAULT 0);
INSERT INTO sms (_id,thread_id,address,date,read,type,body) VALUES (1,1,'+15550100101',1325412000000,1,1,'old phone'),(2,1,'+15550100101',1325412060000,1,5,'not sent');
INSERT INTO pdu VALUES (1,1,1325412120,1,1,'x','hello',132);
INSERT INTO addr VALUES (1,1,NULL,'+15550100102',137,106);
INSERT INTO part VALUES (1,1,0,'image/png','a.png','a.png','/data/data/com.android.providers.telephony/app_parts/PART_1');
