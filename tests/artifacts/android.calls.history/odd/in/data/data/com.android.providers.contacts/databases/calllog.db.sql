CREATE TABLE calls (_id INTEGER PRIMARY KEY,number,date,duration,type,name);
INSERT INTO calls VALUES (1,15550100101,'soon','long','incoming',x'ff00'),(2,NULL,NULL,NULL,NULL,NULL),(3,'+15550100102',-5,-1,99,7);
