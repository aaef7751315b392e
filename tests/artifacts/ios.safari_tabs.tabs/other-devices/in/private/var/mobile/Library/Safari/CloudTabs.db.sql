
CREATE TABLE cloud_tab_devices (device_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB NOT NULL, device_name TEXT, last_modified REAL NOT NULL);
CREATE TABLE cloud_tabs (tab_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB NOT NULL, device_uuid TEXT NOT NULL, position BLOB NOT NULL, title TEXT, url TEXT NOT NULL);
INSERT INTO cloud_tab_devices VALUES ('D1', X'', 'A laptop', 700000000);
INSERT INTO cloud_tabs VALUES ('T1', X'', 'D1', X'', 'Parcel', 'https://inject.example.org/x9'), ('T2', X'', 'D9', X'', NULL, 'https://orphan.example/');
