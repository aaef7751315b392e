CREATE TABLE ownership (account,doc_id,purchase_time);
INSERT INTO ownership VALUES (7,NULL,NULL),(NULL,'com.example.odd','soon');
