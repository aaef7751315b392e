CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, previous_name TEXT, last_password_entry_time_millis_epoch INTEGER DEFAULT 0, UNIQUE(name,type));
INSERT INTO accounts VALUES (1, 'alex@mail.example', 'com.google', NULL, 1718445600000);
CREATE TABLE debug_table (_id INTEGER, action_type TEXT NOT NULL, time DATETIME, caller_uid INTEGER NOT NULL, table_name TEXT NOT NULL, primary_key INTEGER PRIMARY KEY);
INSERT INTO debug_table VALUES (1, 'action_account_add', '2024-05-11 12:23:57', 10099, 'accounts', 0);
INSERT INTO debug_table VALUES (1, 'action_set_password', 'never', 10099, 'accounts', 1);
