-- Operators are accounts of the node, which is a tenant without a number: the same tables
-- as a tenant's, with tenant = 0. And a municipality has a state and may have a domain.
DROP TABLE operator;
DROP TABLE operator_session;

ALTER TABLE tenant ADD COLUMN host text NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN is_suspended bigint NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX tenant_host ON tenant (host) WHERE host <> '';

CREATE TABLE journal (
    tenant bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    action text NOT NULL,
    register bigint,
    record bigint,
    cause bigint,
    digest text,
    detail text,
    hash text NOT NULL,
    PRIMARY KEY (tenant, seq)
) WITHOUT ROWID;
CREATE TABLE tenant_head (
    tenant bigint NOT NULL PRIMARY KEY,
    seq bigint NOT NULL,
    chain text NOT NULL
) WITHOUT ROWID;
CREATE TABLE journal_anchor (
    tenant bigint NOT NULL,
    seq bigint NOT NULL,
    chain text NOT NULL,
    at bigint NOT NULL,
    key text NOT NULL,
    signature text NOT NULL,
    PRIMARY KEY (tenant, seq)
) WITHOUT ROWID;

CREATE TABLE account (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    login text NOT NULL,
    login_key text NOT NULL,
    name text NOT NULL,
    password text NOT NULL,
    state text NOT NULL,
    person bigint,
    level bigint NOT NULL,
    failures bigint NOT NULL,
    locked_until bigint NOT NULL,
    created_at bigint NOT NULL,
    last_at bigint,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, login_key)
) WITHOUT ROWID;
CREATE TABLE account_role (
    tenant bigint NOT NULL,
    account bigint NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (tenant, account, role)
) WITHOUT ROWID;
CREATE TABLE session (
    tenant bigint NOT NULL,
    digest text NOT NULL,
    account bigint NOT NULL,
    kind text NOT NULL,
    csrf text NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    label text,
    PRIMARY KEY (tenant, digest)
) WITHOUT ROWID;
CREATE INDEX session_account ON session (tenant, account);
