CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
INSERT INTO Files VALUES ('a', 'HomeDomain', 'x', 1, NULL), ('b', 'AppDomain-com.example.one', 'Documents', 2, NULL),
  ('c', 'AppDomain-com.example.one', 'Documents/y', 1, NULL), ('d', 'AppDomainGroup-group.com.example', '', 2, NULL),
  ('e', 'AppDomainPlugin-com.example.one.share', 'z', 1, NULL), ('f', 'AppDomain', 'z', 1, NULL);
