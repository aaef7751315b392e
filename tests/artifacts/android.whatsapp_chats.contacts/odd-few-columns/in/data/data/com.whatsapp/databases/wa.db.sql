CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY, jid, number, display_name, raw_contact_id);
INSERT INTO wa_contacts VALUES (1, x'31ff', 15550100123, 17, 'x');
INSERT INTO wa_contacts VALUES (2, NULL, NULL, NULL, NULL);
