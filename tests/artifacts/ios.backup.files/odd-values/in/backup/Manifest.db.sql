CREATE TABLE Files (fileID, domain, relativePath, flags, file);
INSERT INTO Files VALUES ('01', NULL, NULL, 1, NULL), ('02', 'HomeDomain', x'61ff', 1, NULL), ('03', 'HomeDomain', 'x', 'file', NULL),
  ('04', 7, 8, 2.5, NULL), ('05', 'HomeDomain', 'http__0_https_' || x'ff' || '_0', 1, NULL);
