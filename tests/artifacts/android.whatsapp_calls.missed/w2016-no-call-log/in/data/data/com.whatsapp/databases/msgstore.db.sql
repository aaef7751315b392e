CREATE TABLE messages (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT NOT NULL, key_from_me INTEGER, key_id TEXT NOT NULL, status INTEGER, data TEXT, timestamp INTEGER, media_wa_type TEXT, remote_resource TEXT);
CREATE TABLE missed_call_logs (_id INTEGER PRIMARY KEY AUTOINCREMENT, message_row_id INTEGER, timestamp INTEGER, video_call INTEGER);
INSERT INTO messages VALUES (5, '15550100188@s.whatsapp.net', 0, 'call:BB01', 6, NULL, 1470000000000, '10', NULL);
INSERT INTO missed_call_logs VALUES (1, 5, 1470000000000, 0);
