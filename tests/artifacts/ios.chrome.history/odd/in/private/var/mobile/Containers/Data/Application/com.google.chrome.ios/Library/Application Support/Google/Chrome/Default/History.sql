CREATE TABLE urls (id INTEGER PRIMARY KEY, url, title, visit_count);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url, visit_time, from_visit, transition);
INSERT INTO urls VALUES (1, 'https://a.example/', 3, 'many'), (2, NULL, NULL, NULL);
INSERT INTO visits VALUES (1, 1, 'noon', 99, 'link'), (2, 7, 13318000000000000, 1, -2147483648), (3, 2, NULL, NULL, NULL), (4, 1, 0, 0, 255), (5, 1, NULL, NULL, -1610612736);
