-- Version 1. Times are epoch seconds; null means unknown. docs/store.md explains each table.

CREATE TABLE videos (
    aweme_id TEXT NOT NULL PRIMARY KEY,
    author_uid TEXT,
    author_unique_id TEXT,
    create_time BIGINT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    record TEXT NOT NULL
);

CREATE TABLE observations (
    aweme_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    observed_at BIGINT NOT NULL,
    play_count BIGINT,
    digg_count BIGINT,
    comment_count BIGINT,
    share_count BIGINT,
    collect_count BIGINT
);

CREATE INDEX observations_of_a_video ON observations (aweme_id, observed_at);
CREATE INDEX observations_of_a_tag ON observations (tag, observed_at);

CREATE TABLE seen (
    tag TEXT NOT NULL,
    aweme_id TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (tag, aweme_id)
);

CREATE TABLE runs (
    tag TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    stopped_because TEXT NOT NULL,
    exit_code BIGINT NOT NULL,
    written BIGINT NOT NULL,
    receipt TEXT NOT NULL
);

CREATE INDEX runs_of_a_tag ON runs (tag, finished_at);

CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    output TEXT NOT NULL UNIQUE,
    hashtags TEXT NOT NULL,
    region TEXT NOT NULL,
    format TEXT NOT NULL,
    source TEXT NOT NULL,
    committed BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE progress (
    job BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    lane TEXT NOT NULL,
    cursor_next TEXT,
    cursor_previous TEXT,
    seen_previous BIGINT NOT NULL,
    done BIGINT NOT NULL,
    PRIMARY KEY (job, tag)
);

CREATE TABLE written (
    job BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    aweme_id TEXT NOT NULL,
    PRIMARY KEY (job, tag, aweme_id)
);
