CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, guid, created_date, filename, transfer_name, total_bytes, is_outgoing);
INSERT INTO attachment VALUES (1, NULL, 'never', x'2f746d702f78', 5, 'many', 2);
INSERT INTO attachment (ROWID) VALUES (2);
