-- Registered documents (document/document.h): a letter with a number, a day and a place where anybody
-- can ask whether it is genuine.
CREATE TABLE document (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    register bigint NOT NULL,
    record bigint NOT NULL,
    series text NOT NULL,
    year bigint NOT NULL,
    n bigint NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    registered_at bigint NOT NULL,
    registered_on bigint NOT NULL,
    actor bigint NOT NULL,
    flow bigint NOT NULL,
    token bigint NOT NULL,
    secret bigint NOT NULL,
    attachment bigint NOT NULL,
    digest text NOT NULL,
    pdf text NOT NULL,
    pdf_attachment bigint NOT NULL,
    pdf_digest text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    revoked_at bigint NOT NULL,
    revoked_by bigint NOT NULL,
    signatures text NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX document_number ON document (tenant, number, id);
CREATE INDEX document_record ON document (tenant, register, record, id);
CREATE INDEX document_pdf ON document (tenant, id) WHERE pdf = 'wanted';
CREATE TABLE document_series (
    tenant bigint NOT NULL,
    series text NOT NULL,
    year bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (tenant, series, year)
) WITHOUT ROWID;
