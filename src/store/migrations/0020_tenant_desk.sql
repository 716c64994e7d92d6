-- Who stands in for somebody who is away (auth/colleague.h): days, both of them included; 0: nothing
-- is said.  work_list is how they left their list of tasks.
ALTER TABLE account ADD COLUMN away_from bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN away_until bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN substitute bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN work_list text NOT NULL DEFAULT '';
-- Those of a role among many residents: who may do a task, who is to be told.
CREATE INDEX account_role_role ON account_role (tenant, role, account); -- large
-- Of which ends of its term staff was told already (workflow/conduct_escalate.h): bits.
ALTER TABLE service_case ADD COLUMN told bigint NOT NULL DEFAULT 0;
