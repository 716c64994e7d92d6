"""The test of the test: rows of one municipality are put where a statement that forgets its
tenant would find them, in the other one's tables."""
import shutil
import sqlite3

import database
import doors

# What has to be noticed: a class of words or ids each.
WORDS = ("zqrecord", "zqpub", "zqperson", "zqlogin", "zqfile", "zqname", "zqimport", "zqvalue",
         "zqbytes")
IDS = ("record", "account", "job", "file")
# Whose numbers count from 1 in each municipality.
COUNTED = ("import", "import_error")
# Its journal goes on behind what came in.
HEAD = "UPDATE {schema}tenant_head SET seq = (SELECT max(seq) FROM {schema}journal WHERE" \
       " tenant = {to}) WHERE tenant = {to}"


def number_of(path):
    rows = sqlite3.connect(path)
    number = rows.execute("SELECT tenant FROM tenant_head").fetchone()[0]
    rows.close()
    return number


def leak(folder, asker, victim):
    homes = [folder.data / "tenants" / town.name for town in (asker, victim)]
    if folder.database:
        to, of = (folder.database.number_of(town.name) for town in (asker, victim))
        for table in COUNTED:
            folder.database.ask(f"DELETE FROM uprava.{table} WHERE tenant = {to}")
        folder.database.ask(database.COPY.format(old=of, new=to)
                            + HEAD.format(schema="uprava.", to=to))
    else:
        to = number_of(homes[0] / "data.db")
        rows = sqlite3.connect(homes[0] / "data.db")
        rows.execute("ATTACH ? AS theirs", (str(homes[1] / "data.db"),))
        with rows:
            for table in COUNTED:
                rows.execute(f"DELETE FROM main.{table}")
            for table in victim.tables():
                names = ", ".join(one[1] for one in rows.execute(f"PRAGMA table_info({table})")
                                  if one[1] not in ("tenant", "row"))
                rows.execute(f"INSERT OR IGNORE INTO main.{table} (tenant, {names})"
                             f" SELECT {to}, {names} FROM theirs.{table}")
            rows.execute(HEAD.format(schema="", to=to))
        rows.close()
    for path in homes[1].rglob("*"):
        beside = homes[0] / path.relative_to(homes[1])
        if path.is_file() and not path.name.startswith("data.db") and not beside.exists():
            beside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, beside)


def notice(asking):
    """What was planted and not found, for each kind of question."""
    asking.ids_in_paths(("guest", "staff"), only_reads=True)
    missing = [one for one in (*(asking.victim.prefix + word for word in WORDS),
                               *("id of " + one for one in IDS), "told apart")
               if one not in asking.kinds]
    yield missing, "planted rows of every class are noticed"
    asking.kinds.clear()
    doors.with_their_keys(asking)
    yield {"session"} - asking.kinds, "planted sessions are noticed"
