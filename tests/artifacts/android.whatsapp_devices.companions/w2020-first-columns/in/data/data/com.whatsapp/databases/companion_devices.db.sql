CREATE TABLE devices (_id INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT, device_os TEXT, last_active INTEGER);
INSERT INTO devices VALUES (1, '15550100101.0:12@s.whatsapp.net', 'Windows', 1600000900000);
INSERT INTO devices VALUES (2, NULL, x'ff', 'now');
