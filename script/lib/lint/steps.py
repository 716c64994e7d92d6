"""Steps of the tables (src/store/migrations) that would stop writers of a large table.

A step runs on PostgreSQL while other servers write: what reads or writes all rows of a table of
municipalities, or needs it alone for longer than a moment, is refused. Tables the step itself
makes, and the node's, are small.
"""
import re

from lint.tree import Fault

FOLDER = "src/store/migrations"
MADE = re.compile(r"\bCREATE TABLE (\w+)", re.I)
ADDED = re.compile(r"\bADD COLUMN (\w+)", re.I)
# What an added column may be by default: then no row is written anew.
PLAIN = re.compile(r"\bDEFAULT (-?\d+|'[^']*')\s*(,|$|NOT NULL|CHECK)", re.I)
RULES = (
    (r"^CREATE UNIQUE INDEX \w+ ON (\w+)", "a unique index",
     "other servers may not keep to it yet: make the key with the table"),
    (r"^CREATE INDEX \w+ ON (\w+)(?!.*; -- large$)", "an index",
     "stops writers while it is made: end the line with \"; -- large\""),
    (r"^ALTER TABLE (\w+) .*\bSET NOT NULL", "SET NOT NULL",
     "reads all rows: add a CHECK (… IS NOT NULL) NOT VALID, and VALIDATE it in a later step"),
    (r"^ALTER TABLE (\w+) .*\bTYPE ", "another type", "writes all rows anew: add a column"),
    (r"^ALTER TABLE (\w+) ADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)(?!.*\bNOT VALID)",
     "a constraint", "reads all rows: make it NOT VALID, and VALIDATE it in a later step"),
    (r"^ALTER TABLE (\w+) (RENAME|DROP)", "a renamed or dropped column",
     "servers of the version before still name it"),
    (r"^DROP TABLE (?:IF EXISTS )?(\w+)", "DROP TABLE",
     "servers of the version before still use it"),
    (r"^(?:UPDATE|DELETE FROM) (\w+)", "all rows at once",
     "locks them until the step ends, and row-level security hides them: do it in a job"),
    (r"^(?:LOCK|TRUNCATE|CLUSTER|VACUUM|REINDEX)\b(?: TABLE)? *(\w+)", "a lock",
     "stops everybody"),
)


def statements(text):
    """(line, statement on one line), with what stands behind it on its last line."""
    start, parts = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"^--\| ", "", line)
        if not line.strip() or (line.startswith("--") and not parts):
            continue
        start = start if parts else number
        parts.append(line.strip())
        if re.search(r";\s*(--.*)?$", line):
            yield start, " ".join(parts)
            parts = []


def added_badly(sql):
    found = ADDED.search(sql)
    if not found or re.search(r"\bDEFAULT\b", sql, re.I) is None:
        return bool(found and re.search(r"\bNOT NULL\b", sql, re.I))
    return not PLAIN.search(sql.split(";")[0])


def check(tree):
    for path in sorted((tree.root / FOLDER).glob("*_tenant*.sql")):
        text = path.read_text(encoding="utf-8")
        own = {name.lower() for name in MADE.findall(text)}
        name = path.relative_to(tree.root)
        for line, sql in statements(text):
            for pattern, what, why in RULES:
                found = re.search(pattern, sql, re.I)
                if found and found[1].lower() not in own:
                    yield Fault(name, line, "step", found[1], f"{what}: {why}")
            table = re.match(r"ALTER TABLE (\w+)", sql, re.I)
            if table and table[1].lower() not in own and added_badly(sql):
                yield Fault(name, line, "step", table[1],
                            "a column that is not the same for all rows: they would be written anew")
