-- Of the config's row: a digest of the feeds and subscriptions that the rows were last made to match; null: unknown.
alter table locks add column digest text;
