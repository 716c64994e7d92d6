-- What running flows have to do with each other and with people (workflow/conduct.h): what a flow
-- is about, who called it, who answered what, and posts from flow to flow.
ALTER TABLE flow ADD COLUMN register bigint NOT NULL DEFAULT 0;
ALTER TABLE flow ADD COLUMN record bigint NOT NULL DEFAULT 0;
ALTER TABLE flow ADD COLUMN caller bigint NOT NULL DEFAULT 0;
ALTER TABLE flow ADD COLUMN caller_wait bigint NOT NULL DEFAULT 0;
CREATE INDEX flow_record ON flow (tenant, record) WHERE record <> 0; -- large
ALTER TABLE flow_step ADD COLUMN wait bigint NOT NULL DEFAULT 0;
CREATE TABLE flow_post (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    state text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    tag text NOT NULL,
    flow bigint NOT NULL,
    wait bigint NOT NULL,
    sender bigint NOT NULL,
    actor bigint NOT NULL,
    put_at bigint NOT NULL,
    body text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX flow_post_state ON flow_post (tenant, state, kind, name, tag);
