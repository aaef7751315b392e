CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT, start_date REAL, start_tz TEXT, end_date REAL, all_day INTEGER,
  calendar_id INTEGER, organizer_id INTEGER, invitation_status INTEGER, url TEXT, last_modified REAL, birthday_id INTEGER, creation_date REAL, junk_status INTEGER, conference_url TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER, type INTEGER, status INTEGER, identity_id INTEGER, owner_id INTEGER, UUID TEXT, email TEXT, phone_number TEXT, is_self INTEGER);

INSERT INTO CalendarItem (ROWID, summary, description, start_date, organizer_id, url, creation_date, conference_url) VALUES (1, 'Meeting', 'Notes', 703502100, 1, '', 702930606, 'https://meet.example/j/2');
INSERT INTO Participant (ROWID, email, phone_number) VALUES (1, 'user@example.org', '+15550102');
