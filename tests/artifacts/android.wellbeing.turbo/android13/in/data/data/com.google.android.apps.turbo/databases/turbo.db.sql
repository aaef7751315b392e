CREATE TABLE battery_event(timestamp_millis INTEGER PRIMARY KEY DESC, battery_level INTEGER, charge_type INTEGER, battery_saver INTEGER, timezone TEXT, place_key INTEGER);
INSERT INTO battery_event VALUES (1718432002027,99,0,2,'Europe/Berlin',NULL),(1718435602027,98,2,2,'Europe/Berlin',NULL);
