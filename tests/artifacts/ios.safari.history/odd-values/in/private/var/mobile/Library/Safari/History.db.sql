
CREATE TABLE history_items (id INTEGER PRIMARY KEY, url, visit_count);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item, visit_time, title, redirect_source, redirect_destination, load_successful, origin);
INSERT INTO history_items VALUES (1, 'https://fine.example/', 'many'), (2, NULL, 1), (3, X'68747470733A2F2F626C6F622E6578616D706C652F', -1);
-- a time that is a text, one of the year 33658, a redirect to a visit that is gone, a visit without its page, one of a page without address
INSERT INTO history_visits VALUES (1, 1, 'yesterday', 12, NULL, 99, 5, 'x'), (2, 3, 1e12, X'FF', NULL, NULL, 1, 0),
  (3, 77, 700000000, 'orphan', NULL, NULL, 1, 0), (4, 2, 700000000, NULL, NULL, NULL, 1, 0);
