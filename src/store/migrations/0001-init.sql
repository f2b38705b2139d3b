-- One file for SQLite and PostgreSQL: ids are made by the program, times are epoch milliseconds, states short words.
create table feeds (
  id text primary key,
  url_key text not null unique,
  url text not null,
  feed_url text,
  name text,
  title text,
  site_url text,
  icon_url text,
  language text,
  schedule text not null default '',
  wanted integer not null default 1,
  state text not null default 'active' check (state in ('active', 'paused', 'stopped')),
  reason text,
  etag text,
  last_modified text,
  due_at bigint not null,
  attempt bigint not null default 0,
  failures bigint not null default 0,
  update_interval bigint,
  skip_hours text not null default '[]',
  skip_days text not null default '[]',
  guid_reused integer not null default 0,
  link_shared integer not null default 0,
  moved_to text,
  moved_since bigint,
  moved_polls integer not null default 0,
  first_polled_at bigint,
  last_good_at bigint,
  fresh_counts text not null default '[]',
  created_at bigint not null
);
create index feeds_due on feeds (due_at) where state = 'active' and wanted = 1;

create table polls (
  feed_id text not null references feeds (id),
  at bigint not null,
  outcome text not null,
  reason text,
  listed integer not null default 0,
  fresh integer not null default 0,
  primary key (feed_id, at)
);

create table hosts (
  host text primary key,
  paused_until bigint not null,
  reason text not null
);

create table entries (
  id text primary key,
  feed_id text not null references feeds (id),
  title text not null,
  link text,
  source text not null,
  published_at bigint,
  first_seen_at bigint not null,
  listed_at bigint not null,
  backfill integer not null default 0,
  state text not null check (state in ('new', 'ready', 'held', 'skipped', 'failed')),
  reason text,
  held_by text,
  released text not null default '[]',
  only_to text,
  edited_title text,
  due_at bigint not null,
  attempt bigint not null default 0,
  article text
);
create index entries_due on entries (due_at) where state = 'new';
create index entries_held on entries (id) where state = 'held';
create index entries_feed on entries (feed_id, id);

-- Every guid, link and text under which an entry was ever listed: what makes it known.
create table sightings (
  feed_id text not null references feeds (id),
  entry_id text not null references entries (id),
  guid text not null default '',
  link text not null default '',
  text_key text not null default '',
  title text not null,
  primary key (feed_id, guid, link, text_key, entry_id)
);
create index sightings_link on sightings (feed_id, link);
create index sightings_text on sightings (feed_id, text_key);

-- Every address an admin may know an entry by: feed link, guid, final and canonical address, the posts' own.
create table addresses (
  address text not null,
  entry_id text not null references entries (id),
  primary key (address, entry_id)
);

create table images (
  entry_id text primary key references entries (id),
  mime text not null,
  width integer not null,
  height integer not null,
  alt text,
  source_url text not null,
  bytes text not null
);

create table destinations (
  id text primary key,
  platform text not null,
  name text not null,
  account text not null,
  wanted integer not null default 1,
  state text not null default 'active' check (state in ('active', 'paused', 'stopped')),
  reason text,
  paused_at bigint,
  due_at bigint,
  lease_until bigint not null default 0,
  attempt bigint not null default 0,
  last_key text,
  last_sent_at bigint,
  last_created_at bigint not null default 0,
  slot_at bigint not null,
  created_at bigint not null
);

create table subscriptions (
  feed_id text not null references feeds (id),
  destination_id text not null references destinations (id),
  wanted integer not null default 1,
  created_at bigint not null,
  primary key (feed_id, destination_id)
);

create table deliveries (
  destination_id text not null references destinations (id),
  key text not null,
  entry_id text not null references entries (id),
  state text not null check (state in ('pending', 'sent', 'failed', 'skipped', 'expired', 'held', 'undone')),
  reason text,
  created_at bigint not null,
  due_at bigint not null,
  expires_at bigint not null,
  attempt bigint not null default 0,
  settled bigint not null default 0, -- the last attempt whose outcome is known: in doubt while attempt > settled
  first_attempt_at bigint,
  last_attempt_at bigint,
  platform text,
  payload text,
  preview text,
  image_mime text,
  image_bytes text,
  without_image integer not null default 0,
  ref_id text,
  ref_url text,
  ref_cid text,
  sent_at bigint,
  publish text check (publish in ('pending', 'done', 'failed')),
  undo integer not null default 0,
  primary key (destination_id, key),
  unique (entry_id, destination_id)
);
create index deliveries_pending on deliveries (destination_id, key) where state = 'pending';
create index deliveries_publish on deliveries (destination_id, key) where publish = 'pending';
create index deliveries_held on deliveries (key) where state = 'held';
create index deliveries_ref on deliveries (destination_id, ref_id);

create table slots (
  owner text not null,
  slot_at bigint not null,
  state text not null check (state in ('fired', 'missed')),
  primary key (owner, slot_at)
);

-- What the admin must be told, once each, in the terminal and in the admin channel.
create table notices (
  key text primary key,
  at bigint not null,
  subject text not null,
  message text not null,
  due_at bigint not null,
  attempt bigint not null default 0,
  told_at bigint
);
create index notices_untold on notices (key) where told_at is null;

create table sessions (
  account text primary key,
  data text not null,
  updated_at bigint not null
);

create table logins (
  account text not null,
  at bigint not null,
  primary key (account, at)
);

-- Who runs: commands look here to know whether a running process will do what they write down.
create table processes (
  id text primary key,
  seen_at bigint not null
);
