CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR NOT NULL, title LONGVARCHAR, guid TEXT NOT NULL UNIQUE, foreign_count INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, is_local INTEGER NOT NULL, from_visit INTEGER, place_id INTEGER NOT NULL, visit_date INTEGER NOT NULL, visit_type INTEGER NOT NULL);
-- a visit redirected to another site; a bookmark that was never visited
INSERT INTO moz_places VALUES (1, 'http://weathervane.example/', 'Weather', 'A', 0), (2, 'https://inject.example.org/x9', NULL, 'B', 0), (3, 'https://kept.example/', 'Kept', 'C', 1);
INSERT INTO moz_historyvisits VALUES (1, 1, NULL, 1, 1674000000500, 2), (2, 1, 1, 2, 1674000000700, 6), (3, 0, NULL, 1, 1674003600000, 42);
