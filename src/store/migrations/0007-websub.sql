-- When a feed was last claimed, and when its hub last pushed it: a push that came since is not answered yet.
alter table feeds add column asked_at bigint not null default 0;
alter table feeds add column pushed_at bigint not null default 0;

-- What is subscribed to at which hub (WebSub); the token is the end of the address at which the hub reaches us.
create table websub (
  token text primary key,
  feed_id text not null references feeds (id),
  hub text not null,
  topic text not null,
  secret text not null,
  wanted integer not null default 1, -- 0: it is to be ended
  address text, -- the public address under which the hub was last asked
  verified_at bigint,
  lease_until bigint, -- null: the hub has not confirmed it, or has denied it
  reason text,
  failures bigint not null default 0,
  due_at bigint not null,
  attempt bigint not null default 0,
  created_at bigint not null
);
create index websub_feed on websub (feed_id);
create index websub_due on websub (due_at);
