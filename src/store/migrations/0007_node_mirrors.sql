-- A tenant that stands for a publisher of another node: it holds the editions that came from
-- there, for those below it here. Nobody signs in to it, and it has no pages.
ALTER TABLE tenant ADD COLUMN is_mirror bigint NOT NULL DEFAULT 0;
