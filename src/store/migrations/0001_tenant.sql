-- A tenant's tables. Every key begins with the tenant, so that the same tables can hold
-- many tenants on a database server. Only bigint and text; times are ms since 1970, days
-- are days since 1970, 0/1 for no/yes.
CREATE TABLE migration (version bigint NOT NULL PRIMARY KEY, name text NOT NULL) WITHOUT ROWID;

-- What is believed now: one row for each slice of validity of each record of each register.
-- valid_to is the first day on which the slice no longer holds; NULL: open.
CREATE TABLE record (
    row integer PRIMARY KEY, -- sqlite
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    id bigint NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint,
    version bigint NOT NULL,
    changed_at bigint NOT NULL,
    import bigint,
    salt text,
    title text,
    t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
    n1 bigint, n2 bigint, n3 bigint, n4 bigint, n5 bigint, n6 bigint, n7 bigint, n8 bigint,
    m1 bigint, m2 bigint, m3 bigint, m4 bigint, m5 bigint, m6 bigint, m7 bigint, m8 bigint,
    cell bigint,
    x1 bigint, y1 bigint, x2 bigint, y2 bigint,
    body text NOT NULL,
    UNIQUE (tenant, register, id, valid_from)
);
CREATE INDEX record_t1 ON record (tenant, register, t1, id) WHERE t1 IS NOT NULL;
CREATE INDEX record_t2 ON record (tenant, register, t2, id) WHERE t2 IS NOT NULL;
CREATE INDEX record_t3 ON record (tenant, register, t3, id) WHERE t3 IS NOT NULL;
CREATE INDEX record_t4 ON record (tenant, register, t4, id) WHERE t4 IS NOT NULL;
CREATE INDEX record_t5 ON record (tenant, register, t5, id) WHERE t5 IS NOT NULL;
CREATE INDEX record_t6 ON record (tenant, register, t6, id) WHERE t6 IS NOT NULL;
CREATE INDEX record_t7 ON record (tenant, register, t7, id) WHERE t7 IS NOT NULL;
CREATE INDEX record_t8 ON record (tenant, register, t8, id) WHERE t8 IS NOT NULL;
CREATE INDEX record_n1 ON record (tenant, register, n1, id) WHERE n1 IS NOT NULL;
CREATE INDEX record_n2 ON record (tenant, register, n2, id) WHERE n2 IS NOT NULL;
CREATE INDEX record_n3 ON record (tenant, register, n3, id) WHERE n3 IS NOT NULL;
CREATE INDEX record_n4 ON record (tenant, register, n4, id) WHERE n4 IS NOT NULL;
CREATE INDEX record_n5 ON record (tenant, register, n5, id) WHERE n5 IS NOT NULL;
CREATE INDEX record_n6 ON record (tenant, register, n6, id) WHERE n6 IS NOT NULL;
CREATE INDEX record_n7 ON record (tenant, register, n7, id) WHERE n7 IS NOT NULL;
CREATE INDEX record_n8 ON record (tenant, register, n8, id) WHERE n8 IS NOT NULL;
CREATE INDEX record_cell ON record (tenant, register, cell) WHERE cell IS NOT NULL;
CREATE INDEX record_import ON record (tenant, import) WHERE import IS NOT NULL;

-- What was believed earlier: known_from and known_to are journal sequence numbers.
-- body and salt are NULL after a legal erasure.
CREATE TABLE history (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    id bigint NOT NULL,
    known_to bigint NOT NULL,
    valid_from bigint NOT NULL,
    known_from bigint NOT NULL,
    valid_to bigint,
    salt text,
    title text,
    body text,
    PRIMARY KEY (tenant, register, id, known_to, valid_from)
) WITHOUT ROWID;

-- One order per tenant; hash chains each entry to the one before it.
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
CREATE INDEX journal_record ON journal (tenant, register, record, seq) WHERE record IS NOT NULL;
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

CREATE TABLE register_no (
    tenant bigint NOT NULL,
    no bigint NOT NULL,
    name text NOT NULL,
    total bigint NOT NULL,
    version text NOT NULL,
    PRIMARY KEY (tenant, no),
    UNIQUE (tenant, name)
) WITHOUT ROWID;
CREATE TABLE map_cell (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    level bigint NOT NULL,
    cell bigint NOT NULL,
    count bigint NOT NULL,
    x_sum bigint NOT NULL,
    y_sum bigint NOT NULL,
    PRIMARY KEY (tenant, register, level, cell)
) WITHOUT ROWID;
CREATE TABLE list_code (
    tenant bigint NOT NULL,
    list text NOT NULL,
    code text NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint,
    title text NOT NULL,
    title_ky text,
    title_en text,
    parent text,
    rank bigint NOT NULL,
    PRIMARY KEY (tenant, list, code, valid_from)
) WITHOUT ROWID;
CREATE TABLE pack (
    tenant bigint NOT NULL,
    id text NOT NULL,
    version text NOT NULL,
    digest text NOT NULL,
    installed_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE TABLE setting (
    tenant bigint NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (tenant, name)
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
CREATE INDEX account_person ON account (tenant, person) WHERE person IS NOT NULL;
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

CREATE TABLE attachment (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    register bigint NOT NULL,
    record bigint NOT NULL,
    field text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    digest text NOT NULL,
    access text NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    removed_at bigint,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX attachment_record ON attachment (tenant, register, record);

CREATE TABLE import (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    job bigint,
    register bigint NOT NULL,
    format text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    created_at bigint NOT NULL,
    actor bigint NOT NULL,
    options text NOT NULL,
    counts text NOT NULL,
    undone_at bigint,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE TABLE import_error (
    tenant bigint NOT NULL,
    import bigint NOT NULL,
    no bigint NOT NULL,
    line bigint NOT NULL,
    field text NOT NULL,
    message text NOT NULL,
    value text,
    PRIMARY KEY (tenant, import, no)
) WITHOUT ROWID;
CREATE TABLE import_mapping (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    columns text NOT NULL,
    mapping text NOT NULL,
    PRIMARY KEY (tenant, register, columns)
) WITHOUT ROWID;

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
CREATE TABLE idempotency (
    tenant bigint NOT NULL,
    account bigint NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    status bigint NOT NULL,
    answer text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, account, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (tenant, at);

-- Words come folded and stemmed. Nothing but the index is kept: a record's old words are
-- handed in again when they are taken out.
-- sqlite {
CREATE VIRTUAL TABLE search USING fts5 (
    register, title, words, content = '', columnsize = 0, detail = column, tokenize = 'ascii'
);
-- }
--| CREATE TABLE search (
--|     tenant bigint NOT NULL,
--|     id bigint NOT NULL,
--|     word text NOT NULL,
--|     register bigint NOT NULL,
--|     is_title bigint NOT NULL,
--|     PRIMARY KEY (tenant, id, word)
--| );
--| CREATE INDEX search_word ON search (tenant, word, id);
