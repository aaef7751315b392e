CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL,
  uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
INSERT INTO handle VALUES (1, '+15550100142', 'us', 'iMessage', NULL, NULL), (7, 'ada@postbox.example', NULL, 'iMessage', NULL, NULL);
