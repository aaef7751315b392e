CREATE TABLE devices (_id INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT, device_os TEXT, platform_type INTEGER, last_active INTEGER, login_time INTEGER, logout_time INTEGER NOT NULL DEFAULT 0, adv_key_index INTEGER NOT NULL DEFAULT 0, full_sync_required INTEGER NOT NULL DEFAULT 0, place_name TEXT);
INSERT INTO devices VALUES (1, '15550100101.0:12@s.whatsapp.net', 'Windows', 1, 1717000900000, 1717000000000, 0, 3, 0, 'Springfield');
INSERT INTO devices VALUES (2, '15550100101.0:13@s.whatsapp.net', 'Ubuntu', 99, 0, 1716000000000, 1716000500000, 4, 0, NULL);
