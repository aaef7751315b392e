CREATE TABLE history (id INTEGER PRIMARY KEY, url, title);
CREATE TABLE visits (id INTEGER PRIMARY KEY, siteID, date);
INSERT INTO history VALUES (1, 'https://a.example/', X'FF');
INSERT INTO visits VALUES (1, 1, 'noon'), (2, 9, 1674000000500000), (3, NULL, NULL);
