-- Services that are offered before anybody asks (service/service_offered.h): to whom, because of
-- which record, and what they answered.
CREATE TABLE service_offer (
    tenant bigint NOT NULL,
    person bigint NOT NULL,
    service text NOT NULL,
    cause bigint NOT NULL,
    register bigint NOT NULL,
    put_at bigint NOT NULL,
    state text NOT NULL,
    account bigint NOT NULL,
    answered_at bigint NOT NULL,
    PRIMARY KEY (tenant, person, service, cause)
) WITHOUT ROWID;
