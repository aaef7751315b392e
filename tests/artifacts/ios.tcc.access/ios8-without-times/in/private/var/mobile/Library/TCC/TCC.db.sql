CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, allowed INTEGER NOT NULL,
  prompt_count INTEGER NOT NULL, csreq BLOB, PRIMARY KEY (service, client, client_type));
INSERT INTO access VALUES ('kTCCServiceAddressBook', 'com.example.paperboat', 0, 1, 1, NULL),
  ('kTCCServiceMicrophone', 'com.example.radio', 0, 0, 2, NULL);
