"""How SQLite answers the statements of lists: its plans over a base as large as one likes."""
import contextlib
import re
import sqlite3

from kit.servers import ROOT

LITERAL = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([A-Z_]+))')
# What is listed, the file, the function, and which statement in it.
LISTS = (
    ("tasks, of each role and of whoever took them", "src/workflow/flow_task.c", "gather", 0),
    ("cases of a state, by their term", "src/service/service_case.c", "list_due", 0),
    ("own cases", "src/service/service_case.c", "list_own", 0),
    ("what happened to a case", "src/service/service_case.c", "service_case_events", 0),
    ("begun applications", "src/service/application.c", "application_list", 0),
    ("files of a case", "src/registry/attachment.c", "attachment_list", 0),
    ("looks at lists somebody may stand in", "src/auth/journal.c", "list_sql", 0),
    ("looks at somebody's card", "src/auth/journal.c", "list_sql", 2),
    ("notices", "src/notice/notice.c", "notice_list", 0),
)


def define(name, path):
    for file in (path, *path.parent.glob("*.h")):
        found = re.search(rf"#define {name}\s((?:.*\\\n)*.*)\n", file.read_text())
        if found:
            return "".join(re.findall(r'"([^"]*)"', found[1]))
    raise SystemExit(f"{path} has no {name}")


def statement(path, function, number):
    """The text of a statement as it stands in a source."""
    text = path.read_text()
    body = re.search(rf"^(?:\w[\w *]*)?\b{function}\((?:.|\n)*?\n}}\n", text, re.M)[0]
    at = [found.start() for found in re.finditer('"SELECT', body)][number]
    sql = ""
    while found := LITERAL.match(body, at):
        sql += found[1] if found[2] is None else define(found[2], path)
        at = found.end()
    return sql


def plan(rows, sql):
    count = max(map(int, re.findall(r"\$(\d+)", sql)))
    return [detail for _, _, _, detail in rows.execute(
        "EXPLAIN QUERY PLAN " + re.sub(r"\$(\d+)", r"?\1", sql), [0] * count)]


def markdown(file):
    """A table of plans; what reads a whole table or sorts what it read is there to be seen."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as rows:
        lines = ["| list | plan |", "|---|---|"]
        for title, path, function, number in LISTS:
            steps = plan(rows, statement(ROOT / path, function, number))
            lines.append(f"| {title} | {' · '.join(f'`{step}`' for step in steps)} |")
    return "\n".join(lines) + "\n"
