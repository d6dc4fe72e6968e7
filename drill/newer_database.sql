-- What the tables of a later version look like to this one: a migration that it does not know.
insert into migrations (number, name, checksum, applied_at) values (9999, 'later', '-', 0);
