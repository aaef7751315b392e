CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT, visit_count INTEGER NOT NULL, daily_visit_counts BLOB, status_code INTEGER DEFAULT 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT,
  load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0, synthesized BOOLEAN NOT NULL DEFAULT 0,
  redirect_source INTEGER, redirect_destination INTEGER, origin INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT, start_time REAL NOT NULL, end_time REAL NOT NULL, url TEXT, generation INTEGER NOT NULL DEFAULT 0);

INSERT INTO history_items (id, url, visit_count) VALUES (1, 'http://weathervane.example/today', 3), (2, 'https://inject.example.org/x9', 1),
  (3, 'https://ferryclock.example/', 7), (4, 'https://expired.example/', 2);
-- 1 redirected to 2 within 0.2 seconds; 3 was visited on another device; of 4 no visit is left
INSERT INTO history_visits (id, history_item, visit_time, title, redirect_destination, redirect_source, origin, load_successful) VALUES
  (10, 1, 700000000.5, NULL, 11, NULL, 0, 1), (11, 2, 700000000.7, NULL, NULL, 10, 0, 0), (12, 3, 700003600, 'Ferry times', NULL, NULL, 1, 1);
