CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
CREATE TABLE expired (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, csreq BLOB,
  last_modified INTEGER NOT NULL, expired_at INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (service, client, client_type));

INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, indirect_object_identifier, last_modified)
VALUES ('kTCCServiceMicrophone', 'com.example.radio', 0, 2, 2, 1, 'UNUSED', 1700000000),
  ('kTCCServicePhotos', 'com.example.paperboat', 0, 3, 3, 2, 'UNUSED', 1700000100),
  ('kTCCServiceCamera', 'com.example.ferry', 0, 0, 4, 1, 'UNUSED', 1700000200),
  ('kTCCServiceAppleEvents', '/usr/libexec/exampled', 1, 2, 6, 1, 'com.example.target', 1700000300);
INSERT INTO expired VALUES ('kTCCServiceCamera', 'com.example.old', 0, NULL, 1690000000, 1695000000);
