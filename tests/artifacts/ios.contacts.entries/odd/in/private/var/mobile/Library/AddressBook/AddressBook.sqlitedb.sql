CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY, First, Last, Organization, Note, CreationDate, ModificationDate);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id, property, label, value);
INSERT INTO ABPerson VALUES (1, 5, x'4c', 7.5, x'ff', 'then', 1e300);
INSERT INTO ABMultiValue VALUES (1, 1, 'three', 'x', 15550100142), (2, NULL, 3, NULL, x'2b3135353530313030313432'), (3, 1, 4, NULL, NULL);
