-- After a copy was restored a destination is closed until what it was sent since then was read back.
alter table destinations add column restored_at bigint; -- when a copy was last restored; null: never
alter table destinations add column reread_from bigint; -- closed: its posts since then are still to be read; null: open
-- Why a delivery of a restored copy is held, or goes all the same: its destination could not be read; an admin says so.
alter table deliveries add column looked text check (looked in ('unreadable', 'by hand'));

-- Our posts as they were read back, by each link that they show.
create table standing (
  destination_id text not null references destinations (id),
  address text not null,
  ref_id text not null,
  ref_url text,
  ref_cid text,
  at bigint not null,
  primary key (destination_id, address, ref_id)
);
