CREATE TABLE missed_call_logs (_id INTEGER PRIMARY KEY, message_row_id, timestamp, video_call);
INSERT INTO missed_call_logs VALUES (1, 'x', 'soon', 'y');
