-- Charges (service/charge.h): what somebody pays for a service. n is of one series of the
-- municipality (document_series, '-charge'); a case knows its charges by its events.
CREATE TABLE charge (
    tenant bigint NOT NULL,
    n bigint NOT NULL,
    service_case bigint NOT NULL,
    flow bigint NOT NULL,
    wait bigint NOT NULL,
    kop bigint NOT NULL,
    purpose text NOT NULL,
    cbc text NOT NULL,
    oktmo text NOT NULL,
    uin text NOT NULL,
    state text NOT NULL,
    made_at bigint NOT NULL,
    document text NOT NULL,
    paid_on bigint NOT NULL,
    ended_at bigint NOT NULL,
    ended_by bigint NOT NULL,
    PRIMARY KEY (tenant, n)
) WITHOUT ROWID;
