-- Records of those above that this tenant's own ones refer to or say more of: whose they are, and
-- the title they had in the edition that was looked at last (registry/borrowed.h).
CREATE TABLE borrowed (
    tenant bigint NOT NULL,
    register bigint NOT NULL,
    id bigint NOT NULL,
    publisher bigint NOT NULL,
    edition bigint NOT NULL,
    title text NOT NULL,
    is_gone bigint NOT NULL,
    PRIMARY KEY (tenant, register, id)
) WITHOUT ROWID;
