CREATE TABLE browser_windows (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, type INTEGER DEFAULT 0);
CREATE TABLE tabs (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, title TEXT, url TEXT COLLATE NOCASE, user_visible_url TEXT COLLATE NOCASE,
  order_index INTEGER NOT NULL DEFAULT 0, last_viewed_time REAL DEFAULT NULL, opened_from_link BOOL DEFAULT 0, private_browsing BOOL DEFAULT 0,
  browser_window_uuid TEXT, browser_window_id INTEGER);

INSERT INTO tabs (id, uuid, url, private_browsing) VALUES (4, 'A', 'https://one.example/', 0);
