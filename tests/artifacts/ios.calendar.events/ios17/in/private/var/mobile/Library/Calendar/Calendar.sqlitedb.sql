CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT, start_date REAL, start_tz TEXT, end_date REAL, all_day INTEGER,
  calendar_id INTEGER, organizer_id INTEGER, invitation_status INTEGER, url TEXT, last_modified REAL, birthday_id INTEGER, creation_date REAL, junk_status INTEGER, conference_url TEXT, conference_url_detected TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER, type INTEGER, status INTEGER, identity_id INTEGER, owner_id INTEGER, UUID TEXT, email TEXT, phone_number TEXT, is_self INTEGER);
CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, address TEXT, first_name TEXT, last_name TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, address TEXT, latitude INTEGER, longitude INTEGER);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, store_id INTEGER, title TEXT, subcal_url TEXT);
INSERT INTO Calendar VALUES (1, 1, 'Home', NULL), (2, 1, 'Offers', 'https://inject.example.org/feed.ics');
INSERT INTO Location VALUES (1, 'Harbour Cafe', 'Quay 1', 0, 0), (2, NULL, NULL, 0, 0);
INSERT INTO Identity VALUES (1, 'A. Sender', 'mailto:sender@example.org', NULL, NULL), (2, 'B. Guest', 'mailto:guest@example.com', NULL, NULL), (3, NULL, 'tel:+15550100', NULL, NULL);
-- an invitation into the past, made later; a birthday of 1960; an event of a subscribed calendar
INSERT INTO CalendarItem (ROWID, summary, location_id, description, start_date, end_date, calendar_id, organizer_id, invitation_status, url, last_modified, creation_date, junk_status, conference_url_detected) VALUES
  (1, 'Meeting', 1, 'Notes', 650000000, 650003600, 1, 1, 3, 'https://inject.example.org/i', 700000001, 700000000, 0, 'https://meet.example/j/1');
INSERT INTO CalendarItem (ROWID, summary, start_date, end_date, calendar_id, birthday_id) VALUES (2, 'A birthday', -1293840000, -1293753600, 1, 7);
INSERT INTO CalendarItem (ROWID, summary, description, location_id, start_date, calendar_id, creation_date) VALUES (3, 'Win', 'Open example.org/win now', 2, 700000000, 2, 700000500);
INSERT INTO Participant (ROWID, entity_type, identity_id, owner_id, email, phone_number) VALUES (1, 8, 1, 1, 'sender@example.org', NULL),
  (2, 7, 2, 1, NULL, NULL), (3, 7, 3, 1, NULL, NULL), (4, 7, NULL, 1, 'third@example.net', '+15550101'), (5, 7, 2, 99, 'orphan@example.net', NULL);
