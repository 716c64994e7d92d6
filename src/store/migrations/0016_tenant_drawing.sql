-- Files of packs that are changed here (registry/own_pack.h, pack_draft.h; decision 0042): with a
-- version those of an own version, which never change; without one drafts.  A row without a path
-- tells of all of them.
CREATE TABLE pack_file (
    tenant bigint NOT NULL,
    pack text NOT NULL,
    version text NOT NULL,
    path text NOT NULL,
    revision bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    base text NOT NULL,
    is_gone bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, pack, version, path)
) WITHOUT ROWID;
