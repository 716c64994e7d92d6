-- Corrections on their way: made here for one above, or made below for us
-- (registry/proposal.h).  The uuid is the same on both sides.
CREATE TABLE proposal (
    tenant bigint NOT NULL,
    uuid text NOT NULL,
    is_own bigint NOT NULL,
    peer bigint NOT NULL,
    peer_title text NOT NULL,
    register text NOT NULL,
    record bigint NOT NULL,
    title text NOT NULL,
    base bigint NOT NULL,
    was text NOT NULL,
    patch text NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    actor bigint NOT NULL,
    put_at bigint NOT NULL,
    state text NOT NULL,
    answer text NOT NULL,
    decided_at bigint,
    decided_by bigint NOT NULL,
    PRIMARY KEY (tenant, uuid)
) WITHOUT ROWID;
CREATE INDEX proposal_state ON proposal (tenant, is_own, state, put_at);
