-- After an outage what waited goes out in one post that lists it, so that followers are not flooded.
alter table deliveries add column overflow text; -- the key of the delivery whose post lists this one (its own: it is that one); null: a post of its own
alter table deliveries add column alone integer not null default 0; -- it keeps a post of its own
alter table destinations add column paced_at bigint; -- when its last post would have gone, had it taken every post in time
create index deliveries_overflow on deliveries (destination_id, overflow) where overflow is not null;
