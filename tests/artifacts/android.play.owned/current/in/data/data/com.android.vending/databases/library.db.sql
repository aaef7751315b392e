CREATE TABLE ownership (account STRING,library_id STRING,backend INTEGER,doc_id STRING,doc_type INTEGER,offer_type INTEGER,document_hash STRING,purchase_time INTEGER);
INSERT INTO ownership VALUES ('owner@example.org','3',3,'com.example.helper',1,1,'abc',1714564700000),('owner@example.org','u-wl',3,'inapp:com.example.game:coins',11,1,NULL,0);
