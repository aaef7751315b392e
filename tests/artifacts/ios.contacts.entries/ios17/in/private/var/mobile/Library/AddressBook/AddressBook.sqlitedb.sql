CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT, Organization TEXT, Note TEXT, JobTitle TEXT, Nickname TEXT, CreationDate INTEGER, ModificationDate INTEGER, guid TEXT);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER, value TEXT, guid TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
CREATE TABLE ABMultiValueEntry (parent_id INTEGER, key INTEGER, value TEXT, UNIQUE(parent_id, key));
CREATE TABLE ABMultiValueEntryKey (value TEXT, UNIQUE(value));
INSERT INTO ABPerson VALUES (1, 'Ada', 'Lune', 'B.', 'Tea Ltd', 'Met at tea.example', 'Taster', 'Addie', 700000000, 740000000, 'P-1'), (2, NULL, NULL, NULL, 'Only an organisation', NULL, NULL, NULL, 700000000, 700000000, 'P-2'), (3, 'Bram', NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 'P-3');
INSERT INTO ABMultiValueLabel (ROWID, value) VALUES (1, '_$!<Mobile>!$_'), (2, 'my own label');
INSERT INTO ABMultiValueEntryKey (ROWID, value) VALUES (1, 'Street'), (2, 'City'), (3, 'service'), (4, 'username'), (5, 'url');
INSERT INTO ABMultiValue VALUES (10, 1, 3, 0, 1, '+1 (555) 010-0142', NULL), (11, 1, 4, 0, 2, 'ada.lune@postbox.example', NULL), (12, 1, 22, 0, NULL, 'https://tea.example/', NULL), (13, 1, 5, 0, 99, NULL, NULL), (14, 1, 13, 0, NULL, NULL, NULL), (15, 1, 46, 0, NULL, NULL, NULL), (16, 1, 23, 0, NULL, 'Bram', NULL);
INSERT INTO ABMultiValueEntry VALUES (13, 1, '1 Kiln Lane'), (13, 2, 'Harbour'), (14, 3, 'Jabber'), (14, 4, 'ada@chat.example'), (15, 5, 'https://social.example/ada'), (15, 4, 'adal');
-- a value whose contact is gone
INSERT INTO ABMultiValue VALUES (20, 77, 3, 0, 1, '+15550100199', NULL);
