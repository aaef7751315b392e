CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain, lastSeen, isPrevalent);
INSERT INTO ObservedDomains VALUES (1, NULL, 1674000000, 0), (2, 'a.example', 'noon', 'so'), (3, 5, 9e99, 2);
