-- Figures of services (service/service_figure.h): what the writes of cases count.  For that a case
-- says on which days it began and ended, at which step it waits since when, and whether whoever
-- applied was asked to come.
ALTER TABLE service_case ADD COLUMN opened_on bigint NOT NULL DEFAULT 0;
ALTER TABLE service_case ADD COLUMN closed_on bigint NOT NULL DEFAULT 0;
ALTER TABLE service_case ADD COLUMN step text NOT NULL DEFAULT '';
ALTER TABLE service_case ADD COLUMN step_on bigint NOT NULL DEFAULT 0;
ALTER TABLE service_case ADD COLUMN has_visit bigint NOT NULL DEFAULT 0;
CREATE TABLE service_figure (
    tenant bigint NOT NULL,
    kind text NOT NULL,
    at bigint NOT NULL,
    service text NOT NULL,
    name text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (tenant, kind, at, service, name)
) WITHOUT ROWID;
