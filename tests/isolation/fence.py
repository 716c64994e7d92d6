"""The same by SQL, on PostgreSQL: as the role the program connects with, which has said one tenant,
nothing of another can be read, changed or made, not even by a statement without a condition."""

TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'uprava' AND c.relkind IN ('r', 'p') AND c.relname <> 'migration' ORDER BY 1"""
BARE = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'uprava'::regnamespace
AND c.relkind IN ('r', 'p') AND c.relname <> 'migration'
AND NOT (c.relrowsecurity AND c.relforcerowsecurity
    AND (SELECT count(*) = 1 AND bool_and(polcmd = '*' AND polwithcheck IS NULL
            AND pg_get_expr(polqual, polrelid) LIKE '(tenant = %uprava.tenant%')
        FROM pg_policy WHERE polrelid = c.oid AND polpermissive))"""
# Whatever could show rows past the policies.
GATES = """SELECT 'function ' || proname FROM pg_proc WHERE pronamespace::regnamespace::text
LIKE 'uprava%' UNION ALL SELECT 'view ' || viewname FROM pg_views WHERE schemaname LIKE 'uprava%'
UNION ALL SELECT 'materialized view ' || matviewname FROM pg_matviews WHERE schemaname LIKE 'uprava%'
UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname LIKE 'uprava%'
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal"""
ROLE = """SELECT 'it may ' || what FROM (SELECT unnest(ARRAY[CASE WHEN rolsuper THEN 'everything' END,
CASE WHEN rolbypassrls THEN 'pass by policies' END, CASE WHEN rolcreaterole THEN 'make roles' END,
CASE WHEN rolreplication THEN 'replicate' END]) AS what FROM pg_roles WHERE rolname = 'uprava') r
WHERE what IS NOT NULL UNION ALL SELECT 'it is in ' || roleid::regrole::text FROM pg_auth_members
WHERE member = 'uprava'::regrole"""


class Session:
    """The program's role, which has said a tenant or none."""

    def __init__(self, database, tenant=None):
        self.database = database
        self.options = "-c search_path=uprava" + \
            (f" -c uprava.tenant={tenant}" if tenant is not None else "")

    def ask(self, sql):
        return self.database.ask(sql, "uprava", self.options).split()

    def refuses(self, sql, why):
        """Nothing when it does, a sentence when it does not."""
        try:
            self.ask(f"BEGIN; {sql}; ROLLBACK")
        except RuntimeError as fault:
            return [] if why in str(fault) else [str(fault)]
        return [f"not refused: {sql}"]


def columns(database):
    """table → its columns but the tenant."""
    return counts(database.ask(
        "SELECT attrelid::regclass, string_agg(quote_ident(attname), ',') FROM pg_attribute"
        " JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'uprava'::regnamespace"
        " AND relkind = 'r' AND attnum > 0 AND attname <> 'tenant' GROUP BY 1").replace(
            "uprava.", "").split())


def counts(found):
    return dict(one.split("|") for one in found)


def touched(session, tables, own, other):
    """Rows of the other tenant that a statement reaches, with its number and without any."""
    faults = []
    steps = ["BEGIN"]
    for table in tables:
        steps += [f"SELECT 'select-{table}', count(*) FROM {table} WHERE tenant = {other}",
                  f"SELECT 'all-{table}', count(*) FROM {table} WHERE tenant <> {own}",
                  f"WITH x AS (UPDATE {table} SET tenant = tenant WHERE tenant = {other} RETURNING 1)"
                  f" SELECT 'update-{table}', count(*) FROM x",
                  f"WITH x AS (DELETE FROM {table} WHERE tenant = {other} RETURNING 1)"
                  f" SELECT 'delete-{table}', count(*) FROM x"]
    found = counts(session.ask(";\n".join(steps + ["ROLLBACK"])))
    faults += [f"{name}: {count} rows" for name, count in found.items() if count != "0"]
    return faults


def bare(session, database, tables, other):
    """DELETE and UPDATE without a condition leave the other tenant's rows alone."""
    before = counts(Session(database, other).ask(
        ";\n".join(f"SELECT '{table}', md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
                   for table in tables)))
    steps = ["BEGIN", *(f"UPDATE {table} SET tenant = tenant" for table in tables),
             *(f"DELETE FROM {table}" for table in tables),
             f"DO $$BEGIN PERFORM set_config('uprava.tenant', '{other}', true); END$$",
             *(f"SELECT '{table}', md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
               for table in tables), "ROLLBACK"]
    after = counts(session.ask(";\n".join(steps)))
    return [f"{table} has changed" for table in tables if before[table] != after[table]]


# Each statement by itself, undone in any case.
TRY = """BEGIN EXECUTE {sql}; out := out || 'not refused: ' || {sql} || E'\\n'; RAISE 'undo';
EXCEPTION WHEN raise_exception THEN NULL; WHEN OTHERS THEN
IF SQLERRM NOT LIKE '%row-level security policy%' THEN out := out || SQLERRM || E'\\n'; END IF; END;"""


# The towns here have no rows of them: only mirrors have arrivals, and nobody signs in to one; codes
# of lists are those of the packs, which no municipality keeps.
UNREACHED = ("arrival", "contact", "list_code", "notice", "service_offer")


def forged(session, database, tables, other):
    """A row with the other tenant's number cannot be made, nor one's own be given to it."""
    tries, faults, names_of = [], [], columns(database)
    rows = counts(session.ask(";\n".join(f"SELECT '{table}', count(*) FROM {table}"
                                         for table in tables)))
    for table in tables:
        names = names_of.get(table)
        if names is None or table in UNREACHED:
            continue   # nothing but a tenant, or no row to take
        if rows[table] == "0":
            faults.append(f"{table} has no row that could be given away")
            continue
        put = f"INSERT INTO {table} (tenant, {names}) SELECT {other}, {names} FROM {table} LIMIT 1"
        tries += [TRY.format(sql="'" + sql + "'") for sql in
                  (put, put + " ON CONFLICT DO NOTHING", f"UPDATE {table} SET tenant = {other}")]
    found = session.database.ask(
        f"DO $$DECLARE out text := ''; BEGIN {' '.join(tries)}"
        " PERFORM set_config('uprava.out', out, false); END$$; SELECT current_setting('uprava.out')",
        "uprava", session.options)
    return faults + [line for line in found.splitlines() if line]


def around(session, database, tables, other):
    """Ways around a policy."""
    faults = []
    database.ask("ANALYZE")
    found = session.ask("SELECT tablename FROM pg_stats WHERE schemaname = 'uprava'")
    faults += [f"statistics show values of {table}" for table in set(found) - {"migration"}]
    for table in tables[:3]:
        faults += session.refuses(f"SET LOCAL row_security = off; SELECT count(*) FROM {table}",
                                  "would be affected by row-level security")
    faults += session.refuses("SET ROLE postgres", "permission denied")
    faults += session.refuses("COPY record TO PROGRAM 'cat'", "external program")
    faults += session.refuses("SELECT pg_read_file('PG_VERSION')", "permission denied")
    copied = session.database.ask("COPY record (tenant) TO STDOUT", "uprava", session.options)
    faults += ["COPY shows rows of the other"] if str(other) in copied else []
    return faults


def nobody(database, tables, tenant):
    """A session that has said no tenant, or whose transaction with it is over, sees nothing."""
    faults = []
    asks = ";\n".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    over = f"BEGIN; DO $$BEGIN PERFORM set_config('uprava.tenant', '{tenant}', true); END$$; COMMIT;"
    for sql in (asks, over + asks):
        faults += [f"{table}: {count} rows" for table, count in
                   counts(Session(database).ask(sql)).items() if count != "0"]
    faults += Session(database, "x").refuses("SELECT count(*) FROM record", "invalid input syntax")
    return faults


def all_faults(database, own, other):
    tables = database.ask(TABLES).split()
    session = Session(database, own)
    yield f"{len(tables)} tables have the fence", \
        database.ask(BARE).split() + ([] if len(tables) >= 20 else ["too few tables"])
    yield "nothing shows rows past it", database.ask(GATES).splitlines()
    yield "the program's role has no rights over it but an owner's", database.ask(ROLE).splitlines()
    yield "no row of another can be reached", touched(session, tables, own, other)
    yield "statements without a condition leave its rows alone", bare(session, database, tables, other)
    # The other way round: it has rows in every table, ours may have been used up by being asked.
    yield "no row can be made in another's name", \
        forged(Session(database, other), database, tables, own)
    yield "there is no way around", around(session, database, tables, other)
    yield "who has said no tenant sees nothing", nobody(database, tables, own)


# Each lifts the fence somewhere; and what puts it back.
PLANTED = (
    ("ALTER TABLE uprava.account NO FORCE ROW LEVEL SECURITY",
     "ALTER TABLE uprava.account FORCE ROW LEVEL SECURITY", 6),
    ("CREATE POLICY open ON uprava.session USING (true)", "DROP POLICY open ON uprava.session", 5),
    ("CREATE TABLE uprava.planted (tenant bigint); ALTER TABLE uprava.planted OWNER TO uprava;"
     " INSERT INTO uprava.planted VALUES ({own}), ({other})", "DROP TABLE uprava.planted", 4),
    ("CREATE VIEW uprava.gate AS SELECT * FROM uprava.record", "DROP VIEW uprava.gate", 1),
    ("ALTER ROLE uprava BYPASSRLS", "ALTER ROLE uprava NOBYPASSRLS", 5),
)


def ask(database, asker, victim):
    """(whether it holds, the sentence, what does not hold) of each."""
    own, other = database.number_of(asker.name), database.number_of(victim.name)
    for name, faults in all_faults(database, own, other):
        yield not faults, "by SQL: " + name, faults
    for sql, undo, least in PLANTED:
        database.ask(sql.format(own=own, other=other))
        try:
            found = [name for name, faults in all_faults(database, own, other) if faults]
        finally:
            database.ask(undo)
        yield len(found) >= least, f"by SQL: noticed by {len(found)} checks: {sql[:60]}", \
            [] if len(found) >= least else found
