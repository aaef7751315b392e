CREATE TABLE history (id INTEGER PRIMARY KEY, url);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url, date);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY, siteID, faviconID);
INSERT INTO history VALUES (1, 'https://a.example/');
INSERT INTO favicons VALUES (1, 'https://a.example/i.png', 'noon'), (2, NULL, 1674000000);
INSERT INTO favicon_sites VALUES (1, 1, 1), (2, 9, 1);
