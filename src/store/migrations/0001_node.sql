-- The node's own database: which tenants there are, who operates the node.
CREATE TABLE migration (version bigint NOT NULL PRIMARY KEY, name text NOT NULL) WITHOUT ROWID;

CREATE TABLE tenant (
    id bigint NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    title text NOT NULL,
    parent bigint NOT NULL,
    created_at bigint NOT NULL
) WITHOUT ROWID;

CREATE TABLE operator (
    login text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    password text NOT NULL,
    state text NOT NULL,
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    created_at bigint NOT NULL,
    last_at bigint
) WITHOUT ROWID;

CREATE TABLE operator_session (
    digest text NOT NULL PRIMARY KEY,
    login text NOT NULL,
    csrf text NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting (name text NOT NULL PRIMARY KEY, value text NOT NULL) WITHOUT ROWID;

CREATE TABLE due (tenant bigint NOT NULL PRIMARY KEY, due_at bigint NOT NULL) WITHOUT ROWID;
CREATE INDEX due_by_time ON due (due_at);
