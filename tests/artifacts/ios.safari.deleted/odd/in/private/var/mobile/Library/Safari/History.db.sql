
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY, start_time, end_time, url);
INSERT INTO history_tombstones VALUES (1, NULL, 'later', 5), (2, 'a', X'00', NULL);
