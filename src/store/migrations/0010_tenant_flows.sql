-- Running cases of processes (workflow/flow_store.h).  A step writes what it changed: parts are
-- scopes, tokens and records of compensation, each small; waits have columns of their own, for
-- they are looked for by others: timers by their time, messages by name and key.
CREATE TABLE flow (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    pack text NOT NULL,
    version text NOT NULL,
    file text NOT NULL,
    process text NOT NULL,
    state text NOT NULL,
    error text NOT NULL,
    step bigint NOT NULL,
    last_no bigint NOT NULL,
    begun_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE TABLE flow_part (
    tenant bigint NOT NULL,
    flow bigint NOT NULL,
    no bigint NOT NULL,
    kind text NOT NULL,
    node text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, flow, no)
) WITHOUT ROWID;
CREATE TABLE flow_wait (
    tenant bigint NOT NULL,
    flow bigint NOT NULL,
    no bigint NOT NULL,
    kind text NOT NULL,
    node text NOT NULL,
    due_at bigint,
    name text NOT NULL,
    tag text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, flow, no)
) WITHOUT ROWID;
CREATE INDEX flow_wait_due ON flow_wait (tenant, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX flow_wait_name ON flow_wait (tenant, kind, name, tag);
CREATE TABLE flow_value (
    tenant bigint NOT NULL,
    flow bigint NOT NULL,
    scope bigint NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (tenant, flow, scope, name)
) WITHOUT ROWID;
CREATE TABLE flow_step (
    tenant bigint NOT NULL,
    flow bigint NOT NULL,
    step bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    trace text NOT NULL,
    PRIMARY KEY (tenant, flow, step)
) WITHOUT ROWID;
