CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL UNIQUE, lastSeen REAL NOT NULL, hadUserInteraction INTEGER NOT NULL, mostRecentUserInteractionTime REAL NOT NULL, grandfathered INTEGER NOT NULL DEFAULT 0, isPrevalent INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsFrom (targetDomainID INTEGER NOT NULL, fromDomainID INTEGER NOT NULL);
CREATE TABLE SubframeUnderTopFrameDomains (subFrameDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL, topFrameDomainID INTEGER NOT NULL);
CREATE TABLE SubresourceUnderTopFrameDomains (subresourceDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL, topFrameDomainID INTEGER NOT NULL);
-- 1 redirected to 2; 3 was loaded by pages of 1 and 2, by 1 also in a frame
INSERT INTO ObservedDomains VALUES (1, 'weathervane.example', 1674000000, 1, 1674000000.5, 0, 0), (2, 'example.org', 1674086400, 0, -1, 0, 1), (3, 'cdn.example', 1674086400, 0, -1, 0, 0);
INSERT INTO TopFrameUniqueRedirectsTo VALUES (1, 2);
INSERT INTO TopFrameUniqueRedirectsFrom VALUES (2, 1);
INSERT INTO SubresourceUnderTopFrameDomains VALUES (3, 0, 1), (3, 0, 2);
INSERT INTO SubframeUnderTopFrameDomains VALUES (3, 0, 1), (3, 0, 99);
