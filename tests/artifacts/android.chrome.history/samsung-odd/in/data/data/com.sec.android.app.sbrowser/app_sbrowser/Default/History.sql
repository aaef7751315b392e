CREATE TABLE urls(id INTEGER PRIMARY KEY,url,title,visit_count,typed_count,last_visit_time);
CREATE TABLE visits(id INTEGER PRIMARY KEY,url,visit_time,from_visit,transition);
CREATE TABLE downloads (id INTEGER PRIMARY KEY,start_time,target_path,state);
INSERT INTO urls VALUES (1,'https://a.example.org/',x'ff','many',NULL,'soon');
INSERT INTO visits VALUES (1,1,'soon','x',NULL),(2,99,13359038400000000,1,0);
INSERT INTO downloads VALUES (1,'x',7,'done');
