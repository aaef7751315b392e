CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);

INSERT INTO Files (fileID, domain, relativePath, flags) VALUES
  ('01', 'HomeDomain', 'Library/SMS/sms.db', 1), ('02', 'AppDomain-com.example.ferry', '', 2),
  ('03', 'RootDomain', 'Library/link', 4), ('04', 'UnheardDomain-x', 'a/b', 1),
  ('05', 'AppDomain-com.example.browser', 'Library/WebKit/WebsiteData/LocalStorage/https_www.site.example_0.localstorage', 1),
  ('06', 'AppDomain-com.example.browser', 'Library/WebKit/WebsiteData/IndexedDB/v1/http_top.example_0/https_frame.example_8443', 2),
  ('07', 'HomeDomain', 'Library/Notes/https_is_no_origin.txt', 1), ('08', 'HomeDomain', 'Library/http/2_3', 1),
  ('09', 'AppDomain-com.example.browser', 'Library/WebKit/WebsiteData/ResourceLoadStatistics/https_under_score.example_0/x', 1);
