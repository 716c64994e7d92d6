-- How much a municipality may take of what all share: NULL as the node has it for all, 0 no
-- limit. Requests are a minute's, disk is in bytes.
ALTER TABLE tenant ADD COLUMN requests_max bigint;
ALTER TABLE tenant ADD COLUMN jobs_max bigint;
ALTER TABLE tenant ADD COLUMN disk_max bigint;
ALTER TABLE tenant ADD COLUMN rows_max bigint;

-- What is known of municipalities without opening them, as it was at that moment.
CREATE TABLE gauge (
    place bigint NOT NULL PRIMARY KEY,
    rows bigint NOT NULL,
    disk bigint NOT NULL,
    waiting bigint NOT NULL,
    running bigint NOT NULL,
    tables bigint NOT NULL,
    at bigint NOT NULL
) WITHOUT ROWID;
CREATE TABLE gauge_pack (
    place bigint NOT NULL,
    pack text NOT NULL,
    version text NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (place, pack)
) WITHOUT ROWID;

-- Work that goes through many municipalities, one after another, and what became of each.
CREATE TABLE sweep (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    packs text NOT NULL,
    status text NOT NULL,
    job bigint NOT NULL,
    actor bigint NOT NULL,
    put_at bigint NOT NULL,
    ended_at bigint,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE TABLE sweep_item (
    tenant bigint NOT NULL,
    sweep bigint NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    version_was text NOT NULL,
    version text NOT NULL,
    reason text NOT NULL,
    took_ms bigint NOT NULL,
    PRIMARY KEY (tenant, sweep, name)
) WITHOUT ROWID;
CREATE INDEX sweep_item_status ON sweep_item (tenant, sweep, status, name);

-- The node's own jobs: the same table as a municipality's.
CREATE TABLE job (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    payload text NOT NULL,
    state text NOT NULL,
    status text NOT NULL,
    step text NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    result text,
    reason text,
    actor bigint NOT NULL,
    put_at bigint NOT NULL,
    due_at bigint NOT NULL,
    started_at bigint,
    ended_at bigint,
    tries bigint NOT NULL,
    is_stopping bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX job_due ON job (tenant, status, due_at);
