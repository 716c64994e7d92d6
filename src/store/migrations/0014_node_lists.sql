-- What versions of packs say in their code lists. Municipalities have no rows of it, and the
-- program's own folder has the newest version only.
CREATE TABLE kept_list (
    tenant bigint NOT NULL,
    digest text NOT NULL,
    pack text NOT NULL,
    version text NOT NULL,
    codes text NOT NULL,
    PRIMARY KEY (tenant, digest)
) WITHOUT ROWID;
