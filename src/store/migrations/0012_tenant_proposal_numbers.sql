-- number: of the newest entry about it in the journal here, by which those who proposed it from
-- another server ask for what is new. there: the same at the publisher's on another server, 0
-- while it is not known to be there.
ALTER TABLE proposal ADD COLUMN number bigint NOT NULL DEFAULT 0;
ALTER TABLE proposal ADD COLUMN there bigint NOT NULL DEFAULT 0;
