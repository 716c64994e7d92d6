"""A PostgreSQL database of our own for a data folder, when UPRAVA_TEST_STORE says so.

The cluster is that of tests/lib/cluster.
"""
import itertools
import json
import os
import re
import subprocess
import threading

from libpq import Connection, Refused

# Every table of a municipality, copied for another number that may have rows of its own.
COPY = """
DO $$DECLARE one regclass; names text; BEGIN
FOR one IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'uprava'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant'
LOOP
    SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
        WHERE attrelid = one AND attnum > 0 AND NOT attisdropped AND attname <> 'tenant';
    EXECUTE format('INSERT INTO %s (tenant, %s) SELECT {new}, %s FROM %s WHERE tenant = {old}'
                   ' ON CONFLICT DO NOTHING', one, names, names, one);
END LOOP; END$$;
"""
LIST = """
INSERT INTO uprava_node.tenant (id, name, title, parent, created_at)
    SELECT {new}, '{name}', title, {parent}, created_at FROM uprava_node.tenant WHERE id = {old};
"""


def is_wanted():
    return os.environ.get("UPRAVA_TEST_STORE") == "postgres"


def quote(value):
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


class Found(list):
    """What a query gave, as sqlite3 has it."""

    def fetchall(self):
        return list(self)

    def fetchone(self):
        return self[0] if self else None


class Rows:
    """A tenant's tables as the application's role sees them."""

    def __init__(self, database, tenant):
        self.database, self.tenant = database, tenant

    def execute(self, sql, args=()):
        given = iter(args)
        sql = re.sub(r"\?", lambda _: quote(next(given)), sql)
        out = self.database.ask(f"SELECT row_to_json(t) FROM ({sql}) t", "uprava",
                                f"-c search_path=uprava -c uprava.tenant={self.tenant}")
        return Found(json.loads(line, object_pairs_hook=lambda pairs: tuple(v for _, v in pairs))
                     for line in out.splitlines())

    def close(self):
        pass


class Database:
    numbers = itertools.count()
    KEPT = 8  # connections


    def __init__(self):
        self.host = re.search(r"host=(\S+)", os.environ["UPRAVA_TEST_CLUSTER"])[1]
        self.name = f"suite_{os.getpid()}_{next(self.numbers)}"
        self.connections = {}
        self.lock = threading.Lock()
        self.ask(f"CREATE DATABASE {self.name} OWNER uprava", database="postgres")

    def address(self):
        only = "&target_session_attrs=read-write" if "," in self.host else ""  # not a standby
        return f"postgresql:///{self.name}?host={self.host}&user=uprava{only}"

    def connect(self, *who):
        user, options, database = who
        found = self.connections.pop(who, None)
        if found is None or not found.is_clean():
            found = Connection(host=self.host, user=user, dbname=database, options=options)
        self.connections[who] = found
        if len(self.connections) > self.KEPT:
            self.connections.pop(next(iter(self.connections))).close()
        return found

    def ask(self, sql, user="postgres", options="", database=None):
        with self.lock:
            who = user, options, database or self.name
            try:
                return self.connect(*who).ask(sql)
            except Refused as refused:
                # What it was about may be set for good in this connection.
                if who in self.connections:
                    self.connections.pop(who).close()
                raise RuntimeError(f"{refused} in: {sql}") from None

    def ask_each(self, scripts, user="postgres", options=""):
        """(answer, complaint) of each, all over one connection."""
        text = "".join(f"\\echo @@\n\\warn @@\n{sql}\n" for sql in scripts)
        done = subprocess.run(
            ["psql", "-qXAt", "-d", self.name, "-h", self.host, "-U", user], input=text,
            capture_output=True, text=True, timeout=60, env=dict(os.environ, PGOPTIONS=options))
        return list(zip(*((out.strip() for out in stream.split("@@\n")[1:])
                          for stream in (done.stdout, done.stderr)), strict=True))

    def number_of(self, name):
        return int(self.ask(f"SELECT id FROM uprava_node.tenant WHERE name = {quote(name)}"))

    def copy_tenant(self, old, name, number, parent=0):
        self.ask((COPY + LIST).format(old=self.number_of(old), new=number, name=name, parent=parent))

    def rows_of(self, name):
        return Rows(self, self.number_of(name))

    def remove(self):
        for one in self.connections.values():
            one.close()
        self.connections.clear()
        self.ask(f"DROP DATABASE {self.name} WITH (FORCE)", database="postgres")
        self.connections.popitem()[1].close()
