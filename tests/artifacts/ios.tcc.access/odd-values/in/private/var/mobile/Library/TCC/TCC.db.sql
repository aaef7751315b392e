CREATE TABLE access (service, client, client_type, auth_value, auth_reason, auth_version, last_modified);
INSERT INTO access VALUES ('kTCCServiceMicrophone', 'com.example.radio', 'x', NULL, 99, 1, 'never'),
  (NULL, 'com.example.none', 0, 2, 2, 1, 1700000000),
  ('kTCCServiceCamera', NULL, 0, 2, 2, 1, 1700000000),
  ('kTCCServiceCamera', x'636f6dff', 0, 7, -1, 1, -5),
  (5, 6, 0, 2.5, 2, 1, 1700000000);
