CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, special_id INTEGER DEFAULT 0, parent INTEGER, type INTEGER, subtype INTEGER DEFAULT 0, title TEXT,
  url TEXT COLLATE NOCASE, num_children INTEGER DEFAULT 0, external_uuid TEXT UNIQUE, read INTEGER, last_modified REAL, date_closed REAL,
  deleted INTEGER DEFAULT 0, extra_attributes BLOB, local_attributes BLOB);

INSERT INTO bookmarks (id, parent, type, title, url, date_closed) VALUES (1, 0, 0, 'A page', 'https://a.example/', 650000000);
