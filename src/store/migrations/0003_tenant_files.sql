-- Who removed a file; and the way from its bytes to whoever names them.
ALTER TABLE attachment ADD COLUMN removed_by bigint;
CREATE INDEX attachment_digest ON attachment (tenant, digest); -- large
