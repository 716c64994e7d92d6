-- How an account is reached (auth/contact.h): way is page, email or sms.  language is of the row of
-- the way page: in which one the person is written to.
CREATE TABLE contact (
    tenant bigint NOT NULL,
    account bigint NOT NULL,
    way text NOT NULL,
    address text NOT NULL,
    language text NOT NULL,
    kinds bigint NOT NULL,
    confirmed_at bigint NOT NULL,
    code text NOT NULL,
    code_at bigint NOT NULL,
    code_tries bigint NOT NULL,
    PRIMARY KEY (tenant, account, way)
) WITHOUT ROWID;
-- What is told to people (notice/notice.h): a row for each way it goes.
CREATE TABLE notice (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    account bigint NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    template text NOT NULL,
    language text NOT NULL,
    register bigint NOT NULL,
    record bigint NOT NULL,
    flow bigint NOT NULL,
    address text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    tries bigint NOT NULL,
    put_at bigint NOT NULL,
    since_at bigint NOT NULL,
    until_at bigint NOT NULL,
    due_at bigint NOT NULL,
    sent_at bigint NOT NULL,
    read_at bigint NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX notice_due ON notice (tenant, state, due_at, channel);
CREATE INDEX notice_account ON notice (tenant, account, channel, read_at);
