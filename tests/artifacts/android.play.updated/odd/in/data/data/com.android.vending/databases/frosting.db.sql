CREATE TABLE frosting (pk,last_updated);
INSERT INTO frosting VALUES (NULL,1),('com.example.odd',-5);
