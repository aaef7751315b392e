CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY, request_key, time_stamp);
INSERT INTO cfurl_cache_response VALUES (1, 'https://a.example/', 'noon'), (2, NULL, '2024-03-04 10:00:00'), (3, 'https://b.example/', NULL), (4, 'https://c.example/', 731234567.5);
