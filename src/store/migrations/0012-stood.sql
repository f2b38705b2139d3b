-- Before a post that lists several is taken back: whether it stood there then, or a moderator had deleted it.
alter table deliveries add column stood text check (stood in ('yes', 'no', 'unknown'));
