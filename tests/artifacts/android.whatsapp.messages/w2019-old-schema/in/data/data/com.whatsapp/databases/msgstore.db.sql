CREATE TABLE messages (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT NOT NULL, key_from_me INTEGER, key_id TEXT NOT NULL, status INTEGER, needs_push INTEGER, data TEXT, timestamp INTEGER, media_url TEXT, media_mime_type TEXT, media_wa_type TEXT, media_size INTEGER, media_name TEXT, media_hash TEXT, media_duration INTEGER, origin INTEGER, latitude REAL, longitude REAL, thumb_image TEXT, remote_resource TEXT, received_timestamp INTEGER, send_timestamp INTEGER, receipt_server_timestamp INTEGER, receipt_device_timestamp INTEGER, raw_data BLOB, recipient_count INTEGER, media_caption TEXT, quoted_row_id INTEGER);
CREATE TABLE chat_list (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT UNIQUE, message_table_id INTEGER, subject TEXT, creation INTEGER, archived INTEGER, sort_timestamp INTEGER);
CREATE TABLE messages_quotes (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT NOT NULL, key_id TEXT NOT NULL, data TEXT, media_url TEXT, media_caption TEXT);
CREATE TABLE messages_vcards (_id INTEGER PRIMARY KEY AUTOINCREMENT, message_row_id INTEGER, sender_jid TEXT, vcard TEXT, chat_jid TEXT);
INSERT INTO chat_list VALUES (1, '15550100123@s.whatsapp.net', 3, NULL, NULL, NULL, 1556000000000);
INSERT INTO chat_list VALUES (2, '15550100100-1550000000@g.us', 5, 'Allotment', 1550000000000, NULL, 1556000000000);
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, timestamp, media_wa_type) VALUES (1, '-1', 0, '-1', -1, 0, -1);
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, data, timestamp, media_wa_type, received_timestamp, quoted_row_id) VALUES (2, '15550100123@s.whatsapp.net', 0, 'O1', 0, 'Look: https://harbour.example/old', 1556000000000, '0', 1556000000900, 0);
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, data, timestamp, media_wa_type, received_timestamp, quoted_row_id) VALUES (3, '15550100123@s.whatsapp.net', 1, 'O2', 13, 'No', 1556000060000, '0', -1, 1);
INSERT INTO messages_quotes VALUES (1, '15550100123@s.whatsapp.net', 'O1', 'Look: https://harbour.example/old', NULL, NULL);
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, timestamp, media_wa_type, media_size, remote_resource) VALUES (4, '15550100100-1550000000@g.us', 0, 'O3', 6, 1556000120000, '0', 12, '15550100123@s.whatsapp.net');
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, timestamp, media_wa_type, media_size, remote_resource, media_url, media_mime_type, media_name, media_hash, media_caption) VALUES (5, '15550100100-1550000000@g.us', 0, 'O4', 0, 1556000180000, '1', 5000, '15550100123@s.whatsapp.net', 'https://mmg.whatsapp.net/d/f/1.enc', 'image/jpeg', 'IMG-20190423-WA0000.jpg', 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', 'The gate');
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, timestamp, media_wa_type) VALUES (6, '15550100199@s.whatsapp.net', 0, 'O5', 0, 1556000240000, '10');
INSERT INTO messages (_id, key_remote_jid, key_from_me, key_id, status, timestamp, media_wa_type) VALUES (7, '15550100123@s.whatsapp.net', 0, 'O6', 0, 1556000300000, '4');
INSERT INTO messages_vcards VALUES (1, 7, '15550100123@s.whatsapp.net', 'BEGIN:VCARD
TEL:+1 555 0100 144
URL:https://card.example/
END:VCARD', '15550100123@s.whatsapp.net');
