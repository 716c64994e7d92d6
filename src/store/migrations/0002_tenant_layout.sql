-- How the rows of a register are indexed (registry/layout.h), and how far a rebuild is that
-- an upgrade of a pack asked for: NULL in slots_to, words_to: all rows are as layout says.
ALTER TABLE register_no ADD COLUMN layout text NOT NULL DEFAULT '';
ALTER TABLE register_no ADD COLUMN layout_was text;
ALTER TABLE register_no ADD COLUMN edition bigint NOT NULL DEFAULT 0;
ALTER TABLE register_no ADD COLUMN slots_to bigint;
ALTER TABLE register_no ADD COLUMN words_to bigint;
