CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL, hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL, segment_id INTEGER, visit_duration INTEGER DEFAULT 0 NOT NULL);
INSERT INTO urls VALUES (1, 'http://weathervane.example/today', 'Today', 2, 1, 13318000000000000, 0), (2, 'https://inject.example.org/x9', '', 1, 0, 13318000000200000, 0),
  (3, 'https://expired.example/', 'Expired', 4, 0, 13300000000000000, 0);
