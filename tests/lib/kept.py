"""A municipality with backups: what suites about them share."""
import contextlib
import hashlib
import html
import json
import os
import random
import re
import subprocess
import time
import urllib.parse

from serving import (Client, Fault, Folder, OPERATOR_PASSWORD, Server, TOP, open_copy,
                     program)

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


class Operator:
    """Somebody who runs the server, at its pages."""

    def __init__(self, port):
        self.client = Client(port)
        answer = self.client.ask("POST", "/node/sign-in", [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")],
            urllib.parse.urlencode({"login": "operator", "password": OPERATOR_PASSWORD}).encode())
        need(answer.status == 303, f"signing in is answered {answer.status}")
        self.cookies = {}
        self.keep(answer)

    def keep(self, answer):
        """The cookies of an answer, as a browser does."""
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, text = value.partition(";")[0].partition("=")
                self.cookies[key] = text

    def headers(self):
        return [("Cookie", "; ".join(f"{key}={text}" for key, text in self.cookies.items() if text)),
                ("Accept-Language", "en")]

    def get(self, path, status=200):
        answer = self.client.ask("GET", path, self.headers())
        self.keep(answer)
        need(answer.status == status, f"{path} is answered {answer.status}: {answer.text()[:500]}")
        return html.unescape(answer.text())

    def post(self, path, status=303, **fields):
        page = self.get(re.sub(r"/(backup)(/\w+)?$", r"/\1", path))
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        answer = self.client.ask("POST", path, [
            *self.headers(), ("Content-Type", "application/x-www-form-urlencoded")],
            urllib.parse.urlencode({"csrf": csrf, **fields}).encode())
        self.keep(answer)
        need(answer.status == status, f"{path} is answered {answer.status}: {answer.text()[:800]}")
        return html.unescape(answer.text())

    def wait(self, path, seconds=60):
        """Until nothing is done there any more; the page then."""
        end = time.monotonic() + seconds
        while 'class="progress"' in (page := self.get(path)):
            need(time.monotonic() < end, "it does not end")
            time.sleep(0.1)
        return page


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
