-- Schema 1. A change is a file of its own in the list of `sqlite/file.rs`, never an edit of this one.
-- Times are microseconds since 1970-01-01 UTC.

-- The calls in progress.
CREATE TABLE call (
    flow     TEXT    NOT NULL,
    call     TEXT    NOT NULL, -- our token
    sid      TEXT    NOT NULL, -- the provider's id
    version  TEXT    NOT NULL, -- version.hash of the graph it runs on
    revision INTEGER NOT NULL,
    due      INTEGER,          -- when to act without a webhook; read at start, and then kept in memory: no index
    state    BLOB    NOT NULL, -- last, because a column behind a large one is slow to reach
    PRIMARY KEY (flow, call),
    UNIQUE (flow, sid)
) STRICT;

-- What calls in progress can be compiled from again. No foreign key: a call may outlive a lost version.
CREATE TABLE version (
    flow    TEXT NOT NULL,
    hash    TEXT NOT NULL,
    sources BLOB NOT NULL,
    PRIMARY KEY (flow, hash)
) STRICT;

-- One record for each call that is over.
CREATE TABLE log (
    flow   TEXT    NOT NULL,
    call   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    record BLOB    NOT NULL,
    PRIMARY KEY (flow, call)
) STRICT;
