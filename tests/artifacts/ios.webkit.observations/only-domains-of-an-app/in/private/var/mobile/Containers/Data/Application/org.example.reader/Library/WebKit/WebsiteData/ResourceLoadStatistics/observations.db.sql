CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL UNIQUE, lastSeen REAL NOT NULL, hadUserInteraction INTEGER NOT NULL, mostRecentUserInteractionTime REAL NOT NULL, grandfathered INTEGER NOT NULL DEFAULT 0, isPrevalent INTEGER NOT NULL);
INSERT INTO ObservedDomains VALUES (1, 'a.example', 1674000000, 0, 0, 0, 0);
