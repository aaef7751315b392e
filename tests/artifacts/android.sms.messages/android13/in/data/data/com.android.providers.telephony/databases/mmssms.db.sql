CREATE TABLE pdu (_id INTEGER PRIMARY KEY AUTOINCREMENT,thread_id INTEGER,date INTEGER,date_sent INTEGER DEFAULT 0,msg_box INTEGER,read INTEGER DEFAULT 0,m_id TEXT,sub TEXT,sub_cs INTEGER,ct_t TEXT,ct_l TEXT,exp INTEGER,m_cls TEXT,m_type INTEGER,v INTEGER,m_size INTEGER,seen INTEGER DEFAULT 0,text_only INTEGER DEFAULT 0,sub_id INTEGER DEFAULT -1,creator TEXT);
CREATE TABLE addr (_id INTEGER PRIMARY KEY,msg_id INTEGER,contact_id INTEGER,address TEXT,type INTEGER,charset INTEGER);
CREATE TABLE part (_id INTEGER PRIMARY KEY AUTOINCREMENT,mid INTEGER,seq INTEGER DEFAULT 0,ct TEXT,name TEXT,chset INTEGER,cd TEXT,fn TEXT,cid TEXT,cl TEXT,ctt_s INTEGER,ctt_t TEXT,_data TEXT,text TEXT);
CREATE TABLE sms (_id INTEGER PRIMARY KEY,thread_id INTEGER,address TEXT,person INTEGER,date INTEGER,date_sent INTEGER DEFAULT 0,protocol INTEGER,read INTEGER DEFAULT 0,status INTEGER DEFAULT -1,type INTEGER,reply_path_present INTEGER,subject TEXT,body TEXT,service_center TEXT,locked INTEGER DEFAULT 0,sub_id INTEGER DEFAULT -1,error_code INTEGER DEFAULT 0,creator TEXT,seen INTEGER DEFAULT 0);
CREATE TABLE spam_sms (_id INTEGER PRIMARY KEY,thread_id INTEGER,address TEXT,date INTEGER,date_sent INTEGER DEFAULT 0,type INTEGER,body TEXT);
CREATE TABLE canonical_addresses (_id INTEGER PRIMARY KEY AUTOINCREMENT,address TEXT);
INSERT INTO sms (_id,thread_id,address,date,date_sent,read,type,body,service_center,creator,error_code) VALUES
 (1,1,'+15550100101',1714564800123,1714564799000,1,1,'Your parcel: https://track.example.org/a1b2','+15550100999','com.google.android.apps.messaging',0),
 (2,1,'+15550100101',1714564860000,0,1,2,'Who is this?',NULL,'com.google.android.apps.messaging',0),
 (3,2,'EXAMPLEBANK',1714565000000,1714564999000,0,1,'Code 123456',NULL,NULL,0),
 (4,2,NULL,1714565000000,0,0,3,NULL,NULL,NULL,0);
INSERT INTO spam_sms VALUES (1,9,'+15550100150',1714570000000,1714569999000,1,'You won http://prize.example.org');
INSERT INTO pdu (_id,thread_id,date,date_sent,msg_box,read,sub,ct_t,ct_l,m_type,creator) VALUES
 (1,3,1714566000,1714565990,1,1,'Photo','application/vnd.wap.multipart.related','http://mmsc.example.net/1',132,'com.example.mms'),
 (2,3,1714566060,0,2,1,NULL,'application/vnd.wap.multipart.related',NULL,128,NULL),
 (3,4,1714566120,0,NULL,0,NULL,NULL,'http://mmsc.example.net/2',130,NULL);
INSERT INTO addr (msg_id,address,type,charset) VALUES (1,'+15550100102',137,106),(1,'insert-address-token',151,106),(1,'+15550100103',130,106),
 (2,'insert-address-token',137,106),(2,'+15550100102',151,106),(2,'joe@mail.example.org',129,106),(3,'+15550100104',137,106);
INSERT INTO part (mid,seq,ct,name,cl,_data,text) VALUES (1,-1,'application/smil','smil.xml','smil.xml',NULL,'<smil/>'),(1,0,'text/plain','text_0.txt','text_0.txt',NULL,'look here: pics.example.org'),
 (1,1,'image/jpeg','IMG_1.jpg','IMG_1.jpg','/data/user_de/0/com.android.providers.telephony/app_parts/PART_1_IMG_1.jpg',NULL),(2,0,'text/plain',NULL,NULL,NULL,'thanks');
INSERT INTO canonical_addresses VALUES (1,'+15550100101'),(2,'EXAMPLEBANK'),(3,'+15550100102'),(9,'+15550100177');
CREATE TABLE raw (_id INTEGER PRIMARY KEY,date INTEGER,reference_number INTEGER,count INTEGER,sequence INTEGER,destination_port INTEGER,address TEXT,sub_id INTEGER DEFAULT -1,pdu TEXT,deleted INTEGER NOT NULL DEFAULT 0,message_body TEXT,display_originating_addr TEXT);
INSERT INTO raw VALUES (1,1714564800000,7,2,1,196608,'+15550100150',1,'07914151551512f2',0,'first half of http://c2.example','+15550100150'),(2,1714564900000,8,1,1,134020,'+15550100151',1,x'0605040b84',1,NULL,NULL);
