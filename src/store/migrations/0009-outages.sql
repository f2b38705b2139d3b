-- A destination that gives no answer is asked ever more rarely, one request at a time, whichever delivery it is for.
alter table destinations add column outages bigint not null default 0; -- requests in a row that got no answer
alter table destinations add column outage_since bigint; -- when the first of them was made; null: the last one was answered
alter table destinations add column outage_until bigint; -- nothing is asked before then
alter table destinations add column outage_reason text;
