CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, location_id INTEGER, description TEXT, start_date REAL, end_date REAL, calendar_id INTEGER, organizer_id INTEGER, url TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY, entity_type INTEGER, identity_id INTEGER, owner_id INTEGER);
CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY, display_name TEXT, address TEXT);
INSERT INTO CalendarItem VALUES (1, 'Lunch', NULL, NULL, 350000000, 350003600, 1, 1, NULL);
INSERT INTO Participant VALUES (1, 8, 1, 1), (2, 7, 2, 1);
INSERT INTO Identity VALUES (1, 'A. Sender', 'MAILTO:sender@example.org'), (2, 'B. Guest', '/principals/2/');
