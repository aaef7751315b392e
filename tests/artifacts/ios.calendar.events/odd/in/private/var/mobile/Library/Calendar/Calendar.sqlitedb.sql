CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary, description, start_date, end_date, organizer_id, url, creation_date, junk_status);
INSERT INTO CalendarItem VALUES (1, X'FF', 5, 'noon', NULL, 'x', 7, 1e12, 'so'), (2, NULL, NULL, NULL, NULL, 99, NULL, NULL, NULL);
