-- Cases of services (service/service_case.h): a row beside the record of its application, of the
-- same number; what happened to it in words for people; applications that are being filled in.
CREATE TABLE service_case (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    register bigint NOT NULL,
    service text NOT NULL,
    number text NOT NULL,
    flow bigint NOT NULL,
    way text NOT NULL,
    applicant bigint NOT NULL,
    person bigint NOT NULL,
    clerk bigint NOT NULL,
    state text NOT NULL,
    ground text NOT NULL,
    registered_at bigint NOT NULL,
    closed_at bigint NOT NULL,
    due_on bigint NOT NULL,
    term text NOT NULL,
    last_event bigint NOT NULL,
    rating bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX service_case_due ON service_case (tenant, state, due_on, id);
CREATE INDEX service_case_applicant ON service_case (tenant, applicant, id) WHERE applicant <> 0;
CREATE TABLE service_case_event (
    tenant bigint NOT NULL,
    service_case bigint NOT NULL,
    no bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, service_case, no)
) WITHOUT ROWID;
CREATE TABLE application (
    tenant bigint NOT NULL,
    account bigint NOT NULL,
    service text NOT NULL,
    changed_at bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, account, service)
) WITHOUT ROWID;
