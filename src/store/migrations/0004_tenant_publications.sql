-- What this tenant publishes for those below it in the tree, and what it reads of those above.
-- An edition is a number of the publisher's journal: what was known then.  Rows that change
-- later are kept, slots and all, under a negative number of their register
-- (registry/publication.h), so publishing copies nothing.
ALTER TABLE register_no ADD COLUMN published_seq bigint NOT NULL DEFAULT 0;
ALTER TABLE register_no ADD COLUMN published_no bigint NOT NULL DEFAULT 0;
CREATE TABLE publication (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    fields text NOT NULL,
    layout bigint NOT NULL,
    PRIMARY KEY (tenant, register)
) WITHOUT ROWID;
CREATE TABLE publication_reader (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    child bigint NOT NULL,
    filter text NOT NULL,
    PRIMARY KEY (tenant, register, child)
) WITHOUT ROWID;
CREATE TABLE edition (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    no bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    total bigint NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (tenant, register, no)
) WITHOUT ROWID;
CREATE TABLE subscription (
    tenant bigint NOT NULL,
    register text NOT NULL,
    publisher bigint NOT NULL,
    since bigint NOT NULL,
    actor bigint NOT NULL,
    PRIMARY KEY (tenant, register)
) WITHOUT ROWID;
