CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid, text, handle_id, date, date_read, attributedBody, payload_data, message_summary_info, is_from_me, subject, balloon_bundle_id, date_edited);
INSERT INTO handle (ROWID, id, service) VALUES (1, '+15550100142', 'SMS');
-- no value at all
INSERT INTO message (ROWID) VALUES (1);
-- wrong types: a number as text, text as times, text as blobs, a number as balloon
INSERT INTO message VALUES (2, 7, 15550100, 'one', 'yesterday', -5, 'no blob', 'no blob', 'no blob', 'maybe', x'68c3a9', 5, 1);
-- blobs that are no such thing; the message stays
INSERT INTO message VALUES (3, 'M-3', NULL, 1, 740000000000000000, 0, x'0102', x'0304', x'0506', 0, NULL, NULL, 1);
-- a body cut in the middle of its text
INSERT INTO message VALUES (4, 'M-4', NULL, 1, 9e300, 0, x'040b73747265616d747970656481e803840140848484194e534d757461626c6541747472696275746564537472696e67008484124e5341747472696275746564537472696e67008484084e534f626a6563740085928484840f4e534d757461626c65537472696e67018484084e53537472696e67019584012b234375742073686f72743a2068747470733a2f2f6375742e6578616d706c65', NULL, NULL, 0, NULL, NULL, NULL);
-- text that is no UTF-8
INSERT INTO message VALUES (5, 'M-5', CAST(x'68747470733a2f2f78ff2e6578616d706c65' AS TEXT), 1, 740000000000000000, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL);
