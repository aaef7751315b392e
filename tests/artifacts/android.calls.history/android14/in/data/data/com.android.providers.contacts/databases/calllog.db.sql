CREATE TABLE calls (_id INTEGER PRIMARY KEY AUTOINCREMENT,number TEXT,presentation INTEGER NOT NULL DEFAULT 1,post_dial_digits TEXT NOT NULL DEFAULT '',via_number TEXT NOT NULL DEFAULT '',date INTEGER,duration INTEGER,data_usage INTEGER,type INTEGER,features INTEGER NOT NULL DEFAULT 0,subscription_component_name TEXT,subscription_id TEXT,name TEXT,countryiso TEXT,voicemail_uri TEXT,is_read INTEGER,geocoded_location TEXT,lookup_uri TEXT,matched_number TEXT,normalized_number TEXT,formatted_number TEXT,source_package TEXT,transcription TEXT,call_screening_component_name TEXT,call_screening_app_name TEXT,block_reason INTEGER NOT NULL DEFAULT 0,missed_reason INTEGER NOT NULL DEFAULT 0,priority INTEGER NOT NULL DEFAULT 0,subject TEXT,location TEXT,composer_photo_uri TEXT);
INSERT INTO calls (_id,number,date,duration,type,features,subscription_component_name,name,countryiso,is_read,geocoded_location,normalized_number,presentation) VALUES
 (1,'(555) 010-0101',1714564800000,61,1,32,'com.android.phone/com.android.services.telephony.TelephonyConnectionService','Alex Example','US',1,'Example City','+15550100101',1),
 (2,'+15550100102',1714564900000,0,2,0,NULL,NULL,'US',NULL,NULL,'+15550100102',1),
 (3,'+15550100103',1714565000000,0,3,0,NULL,NULL,'US',0,NULL,NULL,1),
 (4,'',1714565100000,0,3,0,NULL,NULL,NULL,0,NULL,NULL,2),
 (5,'joe@example.org',1714565200000,12,1,1,'com.example.voip/.CallService',NULL,NULL,1,NULL,NULL,1),
 (6,'+15550100104',1714565300000,0,6,0,NULL,NULL,NULL,1,NULL,NULL,1);
UPDATE calls SET block_reason=3,call_screening_component_name='com.example.screen/.Service' WHERE _id=6;
