CREATE TABLE call_log (_id INTEGER PRIMARY KEY, jid_row_id, from_me, timestamp, duration, call_result);
INSERT INTO call_log VALUES (1, NULL, NULL, NULL, NULL, NULL);
INSERT INTO call_log VALUES (2, 'x', 'perhaps', 'soon', 'long', 'two');
