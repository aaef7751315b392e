CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT, visit_count INTEGER NOT NULL, daily_visit_counts BLOB, status_code INTEGER DEFAULT 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT,
  load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0, synthesized BOOLEAN NOT NULL DEFAULT 0,
  redirect_source INTEGER, redirect_destination INTEGER, origin INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0);

INSERT INTO history_items (id, url, visit_count) VALUES (1, 'https://work.example/', 1);
INSERT INTO history_visits (id, history_item, visit_time, title) VALUES (1, 1, 725000000, 'Work');
