-- Those at the other end of a link to another node. side is 'above' in a mirror (one row: the
-- publisher it stands for) and 'below' with a publisher (a row for each that reads from there).
-- id is the publisher's number, or the reader's; account is whose token the reader uses.
CREATE TABLE peer (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    side text NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    key text NOT NULL,
    account bigint NOT NULL,
    address text NOT NULL,
    token text NOT NULL,
    reader bigint NOT NULL,
    tried_at bigint NOT NULL,
    heard_at bigint NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
-- In a mirror: which edition of the publisher a register holds, and which one is being put in.
-- seq and chain are the publisher's journal's; applying is the digest of its head, '' for none.
CREATE TABLE arrival (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    edition bigint NOT NULL,
    seq bigint NOT NULL,
    chain text NOT NULL,
    digest text NOT NULL,
    arrived_at bigint NOT NULL,
    bytes bigint NOT NULL,
    applying text NOT NULL,
    PRIMARY KEY (tenant, register)
) WITHOUT ROWID;
-- What was told to the one above, and what those below have told: child is the tenant itself or
-- the number of the one below. number is that of the receiver's journal entry, 0 until it is
-- known to be there.
CREATE TABLE report (
    tenant bigint NOT NULL,
    child bigint NOT NULL,
    kind text NOT NULL,
    period text NOT NULL,
    version bigint NOT NULL,
    made_at bigint NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL,
    number bigint NOT NULL,
    received_at bigint NOT NULL,
    tried_at bigint NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (tenant, child, kind, period, version)
) WITHOUT ROWID;
