-- By when a task is to be done (workflow/flow_task.h), so that the index has them in that order;
-- what has no term stands behind all.
ALTER TABLE flow_wait ADD COLUMN term bigint NOT NULL DEFAULT 9223372036854775807;
UPDATE flow_wait SET term = json_extract(body, '$.due_at') WHERE kind = 'task' AND json_extract(body, '$.due_at') > 0; -- sqlite
--| DO $$BEGIN
--|     IF (SELECT relforcerowsecurity FROM pg_class WHERE oid = 'flow_wait'::regclass) THEN
--|         ALTER TABLE flow_wait NO FORCE ROW LEVEL SECURITY;
--|         UPDATE flow_wait SET term = (body::json ->> 'due_at')::bigint WHERE kind = 'task' AND (body::json ->> 'due_at')::bigint > 0;
--|         ALTER TABLE flow_wait FORCE ROW LEVEL SECURITY;
--|     END IF;
--| END$$;
DROP INDEX flow_wait_name;
CREATE INDEX flow_wait_term ON flow_wait (tenant, kind, name, tag, term, flow, no); -- large
-- Flows by their process and state: those of a rare one are found among many others.
DROP INDEX IF EXISTS flow_open;
CREATE INDEX flow_process ON flow (tenant, pack, file, state, id); -- large
