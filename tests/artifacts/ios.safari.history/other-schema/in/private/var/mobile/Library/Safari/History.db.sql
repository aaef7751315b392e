CREATE TABLE something (id INTEGER);
