-- Version 2: the hashtags of the store, which many runs may share between them; and how many of the
-- ids that a job wrote of one belong to the times it pulled it before. docs/store.md explains it.

CREATE TABLE tags (
    tag TEXT NOT NULL PRIMARY KEY,
    url TEXT,
    region TEXT,
    asked BIGINT,
    added_at BIGINT NOT NULL,
    pulled_at BIGINT,
    leased_by BIGINT,
    leased_until BIGINT
);

ALTER TABLE progress ADD COLUMN earlier BIGINT NOT NULL DEFAULT 0;
