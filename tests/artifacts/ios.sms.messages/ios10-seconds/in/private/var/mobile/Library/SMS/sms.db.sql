CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, chat_identifier TEXT, display_name TEXT);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, service TEXT, date INTEGER, date_read INTEGER, date_delivered INTEGER, is_from_me INTEGER DEFAULT 0, group_title TEXT);
INSERT INTO handle (ROWID, id, country, service) VALUES (1, '+15550100142', 'us', 'SMS');
INSERT INTO chat VALUES (1, 'SMS;-;+15550100142', 45, '+15550100142', '');
INSERT INTO message (guid, text, handle_id, service, date, date_read) VALUES ('M-1', 'bare.example is up', 1, 'SMS', 500000000, 0);
-- in two conversations: still one message
INSERT INTO chat VALUES (2, 'SMS;-;double', 45, 'double', NULL);
INSERT INTO chat_message_join VALUES (1, 1), (2, 1);
