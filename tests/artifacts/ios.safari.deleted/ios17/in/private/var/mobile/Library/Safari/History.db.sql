CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT, start_time REAL NOT NULL, end_time REAL NOT NULL, url TEXT, generation INTEGER NOT NULL DEFAULT 0);

-- one address; the last hour; everything, which begins in the distant past and ends in the distant future
INSERT INTO history_tombstones VALUES (1, 700000000, 700000000.5, 'https://inject.example.org/x9', 3), (2, 700000000, 700003600, NULL, 3),
  (3, -63114076800, 700003700, NULL, 4), (4, -63114076800, 64092211200, NULL, 4);
