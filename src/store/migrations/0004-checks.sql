-- What the checks came to, as JSON: those of an article before its posts are made, and of a post before it is sent.
alter table entries add column checks text;
alter table deliveries add column checks text;
