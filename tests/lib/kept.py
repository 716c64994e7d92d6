"""A municipality with backups: what suites about them share."""
import contextlib
import hashlib
import json
import os
import random
import subprocess

from serving import Client, Fault, Folder, Server, TOP, open_copy, program

RECORDS = "/api/v1/registers/base.organization/records"


def need(holds, sentence):
    if not holds:
        raise Fault(sentence)


class Town:
    """A municipality on a folder of its own, and calls of the program."""

    def __init__(self):
        self.folder = Folder()
        self.name = self.folder.make_template("base")
        self.token = self.folder.tokens[self.name]["clerk"]
        self.place = self.folder.path / "place"

    def call(self, *words, status=0, data=None):
        done = subprocess.run([program(), *map(str, words), "--data", str(data or self.folder.data)],
                              capture_output=True, text=True, cwd=TOP, timeout=300,
                              env=dict(os.environ, **self.folder.environment))
        need(done.returncode == status,
             f"uprava {' '.join(map(str, words))} ends with {done.returncode}:"
             f" {done.stdout}{done.stderr}")
        return (done.stdout + done.stderr).strip()

    def rows(self, data=None, name=None):
        """The journal's number, and a sum over the rows of every table, the index of the search too."""
        home = (data or self.folder.data) / "tenants" / (name or self.name)
        database = open_copy(home, self.folder.path)
        database.text_factory = bytes
        sums = {}
        with contextlib.closing(database):
            database.execute("BEGIN")
            tables = [row[0].decode() for row in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")]
            for table in tables:
                rows = sorted(map(repr, database.execute(f"SELECT * FROM \"{table}\"")))
                sums[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            seq = database.execute("SELECT seq FROM tenant_head").fetchone()
        return seq[0] if seq else 0, sums

    def write(self, client, number, note=""):
        body = {"data": {"name": f"Улица {number}", "short_name": f"{number}", "note": note}}
        answer = client.ask("POST", f"/{self.name}{RECORDS}", [
            ("Authorization", f"Bearer {self.token}"), ("Content-Type", "application/json")],
            json.dumps(body).encode())
        need(answer.status == 201, f"a record is answered {answer.status}: {answer.text()}")
        return answer.json()["id"]

    def attach(self, client, record, text):
        mark = "b0undary"
        body = (f"--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                f"Content-Type: text/plain\r\n\r\n{text}\r\n--{mark}--\r\n").encode()
        answer = client.ask("POST", f"/{self.name}{RECORDS}/{record}/files", [
            ("Authorization", f"Bearer {self.token}"),
            ("Content-Type", f"multipart/form-data; boundary={mark}")], body)
        need(answer.status in (200, 201), f"a file is answered {answer.status}: {answer.text()}")

    def import_rows(self, count, start=0):
        path = self.folder.path / "rows.csv"
        path.write_text("Полное название;Краткое название;Примечание\n" + "".join(
            f"Улица {start + i};{start + i};{random.getrandbits(400)}\n" for i in range(count)))
        told = self.call("import", self.name, "base.organization", path)
        need(told.startswith(f"{count} rows: {count} new") or count == 1, told)


@contextlib.contextmanager
def town():
    made = Town()
    try:
        yield made
    finally:
        made.folder.remove()


@contextlib.contextmanager
def serving(made, *options):
    server = Server(made.folder, *options)
    try:
        yield server
    except BaseException:
        server.kill()
        raise
    if server.is_alive():
        server.stop()
