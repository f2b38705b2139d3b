-- A notice of a hold is a card in the admin channel: it stands there once, and changes when the hold does.
alter table notices add column entry_id text references entries (id);
alter table notices add column destination_id text references destinations (id); -- null: the entry itself is held
alter table notices add column reason text; -- why it is held
alter table notices add column outcome text; -- who settled the hold, and how; null: it waits
alter table notices add column note text;
alter table notices add column channel_id text;
alter table notices add column message_id text;
create index notices_open on notices (entry_id) where entry_id is not null and outcome is null;

-- Which process has the connection through which platforms tell of clicks, and where it broke off.
create table gateways (
  account text primary key,
  holder text not null,
  lease_until bigint not null,
  session text
);
