CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL, is_whatsapp_user BOOLEAN NOT NULL, status TEXT, status_timestamp INTEGER, number TEXT, raw_contact_id INTEGER, display_name TEXT, phone_type INTEGER, phone_label TEXT, given_name TEXT, family_name TEXT, wa_name TEXT, sort_name TEXT, nickname TEXT, is_spam_reported INTEGER);
CREATE TABLE wa_vnames (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL, serial INTEGER NOT NULL, issuer TEXT NOT NULL, expires INTEGER, verified_name TEXT NOT NULL);
INSERT INTO wa_contacts (_id, jid, is_whatsapp_user, status, status_timestamp, number, raw_contact_id, display_name, wa_name) VALUES (1, '15550100123@s.whatsapp.net', 1, 'Busy', 1700000000000, '+1 555-010-0123', 74, 'Ada Marsh', 'ada');
INSERT INTO wa_contacts (_id, jid, is_whatsapp_user, status_timestamp, wa_name) VALUES (2, '15550100188@s.whatsapp.net', 1, -1, 'Prize desk');
INSERT INTO wa_contacts (_id, jid, is_whatsapp_user, display_name) VALUES (3, '120363000000000001@g.us', 0, 'Allotment news');
INSERT INTO wa_contacts (_id, jid, is_whatsapp_user, raw_contact_id) VALUES (4, '15550100144@s.whatsapp.net', 1, -2);
INSERT INTO wa_contacts (_id, jid, is_whatsapp_user) VALUES (5, '90000000000001@lid', 1);
INSERT INTO wa_vnames VALUES (1, '15550100144@s.whatsapp.net', 1, 'ent:wa', NULL, 'Parcels Ltd');
