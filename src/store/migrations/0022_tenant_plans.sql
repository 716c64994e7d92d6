-- Looks at lists are entries of a register and of no record: a person's are found among all entries
-- (web/page_my.c).
DROP INDEX journal_record;
CREATE INDEX journal_about ON journal (tenant, register, record, seq) WHERE register IS NOT NULL; -- large
-- SQLite, which is never told how many rows there are, takes a municipality for ten of them, and then
-- rather reads all of a table in the order of its key than uses an index and sorts.  Here
-- it is told of the tables that grow, as ANALYZE would: rows, and how many of them have the same first
-- column of an index, the same first two, and so on.
-- sqlite {
ANALYZE setting;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('attachment','attachment','1000000 1000000 1'),
('attachment','attachment_record','1000000 1000000 300000 2'),
('attachment','attachment_digest','1000000 1000000 1'),
('document','document','1000000 1000000 1'),
('document','document_number','1000000 1000000 2 1'),
('document','document_record','1000000 1000000 300000 2 1'),
('flow','flow','1000000 1000000 1'),
('flow','flow_record','1000000 1000000 2'),
('flow','flow_process','1000000 1000000 300000 100000 30000 1'),
('flow_post','flow_post','1000000 1000000 1'),
('flow_post','flow_post_state','1000000 1000000 100 50 10 5'),
('flow_wait','flow_wait','1000000 1000000 2 1'),
('flow_wait','flow_wait_due','1000000 1000000 2'),
('flow_wait','flow_wait_term','1000000 1000000 300000 10000 1000 2 2 1'),
('journal','journal','1000000 1000000 1'),
('journal','journal_about','1000000 1000000 300000 5 1'),
('notice','notice','1000000 1000000 1'),
('notice','notice_due','1000000 1000000 300000 10 5'),
('notice','notice_account','1000000 1000000 50 20 2'),
('service_case','service_case','1000000 1000000 1'),
('service_case','service_case_due','1000000 1000000 300000 1000 1'),
('service_case','service_case_applicant','1000000 1000000 10 1'),
('session','session','1000000 1000000 1'),
('session','session_account','1000000 1000000 5');
ANALYZE sqlite_schema;
-- }
