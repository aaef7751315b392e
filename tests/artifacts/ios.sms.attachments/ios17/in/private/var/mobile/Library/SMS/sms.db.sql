CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, created_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT, is_outgoing INTEGER DEFAULT 0, transfer_name TEXT, total_bytes INTEGER DEFAULT 0);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, date INTEGER, is_from_me INTEGER DEFAULT 0);
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE (message_id, attachment_id));
INSERT INTO handle (ROWID, id, service) VALUES (1, '+15550100142', 'iMessage');
INSERT INTO message VALUES (11, 'M-11', NULL, 1, 740000000000000000, 0), (12, 'M-12', NULL, 1, 740000000000000000, 1), (13, 'M-13', NULL, 0, 740000000000000000, 0);
INSERT INTO attachment VALUES (1, 'A-1', 740000000, '~/Library/SMS/Attachments/0a/10/A-1/IMG_0001.heic', 'public.heic', 'image/heic', 0, 'IMG_0001.heic', 20480);
INSERT INTO attachment VALUES (2, 'A-2', 740000001, '/var/tmp/A-2/sent.pdf', 'com.adobe.pdf', 'application/pdf', 1, 'sent.pdf', 512);
-- no handle; no message; two messages
INSERT INTO attachment VALUES (3, 'A-3', 0, '/var/tmp/A-3-1', NULL, NULL, 0, NULL, 0);
INSERT INTO attachment VALUES (4, 'A-4', 740000003, NULL, 'public.data', NULL, 0, 'invoice.pdf', 3);
INSERT INTO message_attachment_join VALUES (11, 1), (12, 2), (13, 3), (12, 1);
