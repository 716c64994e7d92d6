"""A server of our own for suites in Python: a data folder, municipalities, accounts, HTTP.

A municipality is made once by the program itself, with an account and a token for every role,
and then copied: a copy is another tenant with the same accounts, in a few milliseconds.
"""
import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time

import database

TOP = pathlib.Path(__file__).resolve().parents[2]
ROLES = ("clerk", "data", "head", "admin", "auditor", "methodologist", "resident")
TEST_PACKS = TOP / "tests/http/packs"
START_S = 60
OPERATOR_PASSWORD = "zarechye-night-shift"


class Fault(Exception):
    """What went wrong, as a sentence."""


def program():
    return os.environ.get("UPRAVA") or str(TOP / "build-san/uprava")


def preparer():
    """The program as it ships, where it is built: it starts many times faster than the one with
    sanitizers, and a municipality has an account and a token for each role."""
    return os.environ.get("UPRAVA_RELEASE") or program()


def password_of(role):
    return f"zarechensk-{role}"


def open_copy(home, place):
    """A municipality's tables as they stand: a running server lets nobody else open its file."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=place))
    source, is_whole = home / "data.db", False
    while not is_whole:  # a checkpoint in between would mix two states
        before = source.stat().st_mtime_ns
        for path in (source, home / "data.db-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path, folder / path.name)
        is_whole = source.stat().st_mtime_ns == before
    return sqlite3.connect(folder / "data.db")


class Folder:
    """A data folder; templates of municipalities by their packs."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="uprava-test-"))
        self.data = self.path / "data"
        self.clock = self.path / "clock"
        self.tokens = {}
        self.database = database.Database() if database.is_wanted() else None
        self.environment = {"UPRAVA_STORE": self.database.address()} if self.database else {}
        self.share = self.path / "share"
        self.share.mkdir()
        for name in ("ui", "packs"):
            (self.share / name).symlink_to(TOP / name)
        (self.share / "assets").symlink_to(self.find_assets())

    @staticmethod
    def find_assets():
        for path in (os.environ.get("UPRAVA_ASSETS"), TOP / "build/assets", TOP / "build-san/assets"):
            if path and (pathlib.Path(path) / "manifest.json").exists():
                return path
        raise Fault("the pages' files are not built: script/assets")

    def read_log(self):
        """What all servers on this folder have said."""
        log = self.path / "server.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def remove(self):
        if self.database:
            self.database.remove()
        shutil.rmtree(self.path, ignore_errors=True)

    def call(self, *words, by=None):
        done = subprocess.run([by or program(), *words, "--data", str(self.data)],
                              capture_output=True, text=True, cwd=TOP, timeout=120,
                              env=dict(os.environ, **self.environment))
        if done.returncode != 0:
            raise Fault(f"uprava {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def prepare(self, *words):
        """A call that is no part of what is tested."""
        return self.call(*words, by=preparer())

    def add_packs(self, packs):
        """Packs that only tests have; their roles."""
        roles = ()
        for pack in packs.split(","):
            source, place = TEST_PACKS / pack, self.data / "packs" / pack
            if not source.exists():
                continue
            if not place.exists():
                shutil.copytree(source, place)
            roles += tuple(role["id"] for role in json.loads((source / "roles.json").read_text()))
        return tuple(role for role in roles if role not in ROLES)

    def make_template(self, packs):
        """Before the server runs: a municipality to be copied; its name."""
        name = "template-" + re.sub(r"[^a-z]", "-", packs)
        if name not in self.tokens:
            roles = ROLES + self.add_packs(packs)
            self.prepare("tenant", "create", name, "Зареченск", "--packs", packs)
            tokens = {}
            for role in roles:
                self.prepare("user", "create", name, role, f"Роль {role}", "--roles", role,
                             "--password", password_of(role))
                tokens[role] = self.prepare("user", "token", name, role, "tests")
            self.tokens[name] = tokens
        return name

    def copy_template(self, template, name, parent=0):
        """Before the server runs: another tenant with the template's accounts and tokens; its number."""
        number = random.getrandbits(62)
        source = self.data / "tenants" / template
        if self.database:
            shutil.copytree(source, self.data / "tenants" / name)
            self.database.copy_tenant(template, name, number, parent or 0)
            return number
        shutil.copytree(source, self.data / "tenants" / name)
        node = sqlite3.connect(self.data / "node.db")
        with node:
            node.execute("INSERT INTO tenant (id, name, title, parent, created_at)"
                         " SELECT ?, ?, title, ?, created_at FROM tenant WHERE name = ?",
                         (number, name, parent or 0, template))
        node.close()
        copy = sqlite3.connect(self.data / "tenants" / name / "data.db")
        with copy:
            tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                  " AND sql LIKE '%tenant bigint%'").fetchall()
            for (table,) in tables:
                copy.execute(f"UPDATE {table} SET tenant = ?", (number,))
        copy.close()
        return number

    def open_rows(self, name):
        """The tenant's tables, to be read only."""
        if self.database:
            return self.database.rows_of(name)
        return open_copy(self.data / "tenants" / name, self.path)


class Server:
    """uprava serve over a folder, on a port of its own, with a clock the test moves."""

    def __init__(self, folder, *options, environment=None):
        self.folder = folder
        self.log = open(folder.path / "server.log", "ab+")
        if not folder.clock.exists():
            folder.clock.write_text(str(int(time.time() * 1000)))
        environment = dict(os.environ, UPRAVA_TEST_CLOCK=str(folder.clock), **folder.environment,
                           **environment or {})
        given = []
        for limit in ("--requests-per-minute", "--tenant-requests"):
            given += [] if limit in options else [limit, "0"]
        self.process = subprocess.Popen(
            [program(), "serve", "--data", str(folder.data), "--share", str(folder.share),
             "--port", "0", "--loops", "2", "--writers", "2", "--proxy", "127.0.0.1", *given,
             *options], stdout=subprocess.PIPE, stderr=self.log, cwd=TOP, env=environment)
        self.port = self.read_port()

    def read_port(self):
        for line in iter(self.process.stdout.readline, b""):
            found = re.search(rb"listens on \w+://[\d.]+:(\d+)", line)
            if found:
                return int(found[1])
        raise Fault("the server did not start: " + self.read_log()[-1000:])

    def read_log(self):
        return self.folder.read_log()

    def set_clock(self, ms):
        beside = self.folder.clock.with_suffix(".new")
        beside.write_text(str(ms))
        beside.rename(self.folder.clock)

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        """kill -9: nothing more is written, nothing is said."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        """Ends it; what a sanitizer said is a fault."""
        self.process.terminate()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Fault("the server did not stop within 30 s") from None
        finally:
            self.process.stdout.close()
            self.log.close()
        log = self.read_log()
        if status != 0 or re.search("Sanitizer|runtime error|holds_left", log):
            raise Fault(f"the server ended with status {status}:\n" + log[-4000:])


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())


class Client:
    """One keep-alive connection that opens again when it was closed."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def ask(self, method, path, headers=(), body=None):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                return self.ask_once(method, path, headers, body)
            except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
                self.close()
                if attempt == 2:
                    raise
        return None

    def ask_once(self, method, path, headers, body):
        connection = self.connection
        connection.putrequest(method, path, skip_host=any(n.lower() == "host" for n, _ in headers),
                              skip_accept_encoding=True)
        names = {name.lower() for name, _ in headers}
        for name, value in headers:
            connection.putheader(name, value.encode())
        if body is not None and "content-length" not in names:
            connection.putheader("Content-Length", str(len(body)))
        elif body is None and method in ("POST", "PUT", "PATCH") and "content-length" not in names:
            connection.putheader("Content-Length", "0")
        connection.endheaders(body)
        got = connection.getresponse()
        answer = Answer(got.status, got.getheaders(), got.read())
        if got.will_close:
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def ask_raw(port, data, wait_s=20):
    """Sends bytes as they are; the first answer, or None when the server only closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as connection:
        try:
            connection.sendall(data)
        except (ConnectionError, BrokenPipeError):
            pass
        got = http.client.HTTPResponse(connection)
        try:
            got.begin()
            return Answer(got.status, got.getheaders(), got.read())
        except (http.client.HTTPException, ConnectionError):
            return None
