-- How often a feed brings something: rhythm_count entries since rhythm_since; null: it does not show.
alter table feeds add column rhythm_since bigint;
alter table feeds add column rhythm_count bigint;
