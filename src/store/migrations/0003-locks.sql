-- Rows that stand for what has no row of its own: who changes it locks the row first.
create table locks (name text primary key);
insert into locks (name) values ('config');
