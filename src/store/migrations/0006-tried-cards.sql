-- A card was sent off, and what became of that is not known: it is looked for before it is sent once more.
alter table notices add column tried integer;
