"""Clients that write records and remember every answer they were given.

A record belongs to one client, so what may stand on the server is known exactly: what was
acknowledged last or, when an answer was still owed at the kill, that or what was asked for.
"""
import asyncio
import json
import random

REGISTERS = ("base.organization", "base.person")
PERSONAL = "base.person"


class Lost(Exception):
    """The connection ended before the answer was complete."""


class Connection:
    """One keep-alive connection, spoken to by hand: http.client is too slow for a load."""

    def __init__(self, port, token):
        self.port, self.token = port, token
        self.reader = self.writer = None

    async def ask(self, method, path, body=None, headers=()):
        """Status, headers in lower case, JSON of the body (None: empty)."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        status, head, content = await self.send(
            method, path, data, [("Content-Type", "application/json"), *headers])
        return status, head, json.loads(content) if content else None

    async def send(self, method, path, data=None, headers=()):
        """The same with bytes on both sides."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost",
                 f"Authorization: Bearer {self.token}", *(f"{n}: {v}" for n, v in headers)]
        if data is not None:
            lines.append(f"Content-Length: {len(data)}")
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + (data or b""))
            return await self.read()
        except (OSError, asyncio.IncompleteReadError, EOFError):
            self.close()
            raise Lost from None

    async def read(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {}
        for line in head[1:-2]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        size = int(headers.get("content-length", 0))
        body = await self.reader.readexactly(size) if size else b""
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), headers, body

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Record:
    """What a client knows of one of its records."""

    def __init__(self, register, key, data):
        self.register, self.key = register, key
        self.created = data     # what the first request said
        self.id = None          # once acknowledged
        self.version = None
        self.data = None        # as acknowledged last; None: deleted, or not yet there
        self.is_deleted = False
        self.pending = None     # (verb, data) while an answer is owed
        self.reads = 0          # acknowledged readings of personal data
        self.versions = []      # every acknowledged change: (version, verb)

    def acknowledge(self, verb, version, data):
        self.pending = None
        self.version, self.data = version, data
        self.is_deleted = verb == "delete"
        if version is not None:
            self.versions.append((version, verb))


class Writer:
    """One client over all restarts: its records, its connection, what it found wrong."""

    def __init__(self, number, tenant, seed):
        self.number = number
        self.base = f"/{tenant}/api/v1/registers"
        self.random = random.Random(f"{seed}-{number}")
        self.records = []
        self.touched = set()
        self.count = 0
        self.acknowledged = 0
        self.faults = []

    def new_data(self, register):
        self.count += 1
        word = f"к{self.number}н{self.count}"
        size = self.random.choice((10, 10, 200, 900))
        text = "".join(self.random.choice("абвгде") for _ in range(size)) + word
        if register == PERSONAL:
            return {"surname": word, "name": "Анна", "note": text}
        return {"name": f"Общество {word}", "short_name": word, "head": text[-200:]}

    def path(self, record):
        return f"{self.base}/{record.register}/records/{record.id}"

    async def run(self, connection):
        """Works until the connection is lost."""
        try:
            while True:
                await self.step(connection)
        except Lost:
            pass
        finally:
            connection.close()

    async def step(self, connection):
        alive = [r for r in self.records[-60:] if r.id and not r.is_deleted]
        chance = self.random.random()
        if chance < 0.45 or not alive:
            await self.create(connection)
            return
        record = self.random.choice(alive)
        if chance < 0.75:
            await self.change(connection, record)
        elif chance < 0.82:
            await self.delete(connection, record)
        else:
            await self.read(connection, record)

    async def create(self, connection):
        register = self.random.choice(REGISTERS)
        data = self.new_data(register)
        record = Record(register, f"{self.number}-{self.count}", data)
        record.pending = ("create", data)
        self.records.append(record)
        self.touched.add(record)
        await self.post(connection, record)

    async def post(self, connection, record):
        status, _, answer = await connection.ask(
            "POST", f"{self.base}/{record.register}/records", {"data": record.created},
            [("Idempotency-Key", record.key)])
        if status != 201:
            self.fault(record, f"POST is answered {status}: {answer}")
        elif record.id is None:
            record.id = answer["id"]
            record.acknowledge("create", answer["version"], record.created)
            self.acknowledged += 1
        elif answer["id"] != record.id:
            self.fault(record, f"its repeated POST made {answer['id']}: doubled")

    async def change(self, connection, record):
        data = {**self.new_data(record.register)}
        record.pending = ("change", data)
        self.touched.add(record)
        status, _, answer = await connection.ask(
            "PUT", self.path(record), {"data": data}, [("If-Match", f'"{record.version}"')])
        if status != 200:
            self.fault(record, f"PUT is answered {status}: {answer}")
            return
        record.acknowledge("change", answer["version"], data)
        self.acknowledged += 1

    async def delete(self, connection, record):
        record.pending = ("delete", None)
        self.touched.add(record)
        status, _, answer = await connection.ask(
            "DELETE", self.path(record), None, [("If-Match", f'"{record.version}"')])
        if status != 204:
            self.fault(record, f"DELETE is answered {status}: {answer}")
            return
        record.acknowledge("delete", None, None)
        self.acknowledged += 1

    async def read(self, connection, record):
        status, _, answer = await connection.ask("GET", self.path(record))
        if status != 200 or answer["version"] != record.version:
            self.fault(record, f"GET is answered {status}: {answer}")
        elif record.register == PERSONAL:
            record.reads += 1
            self.acknowledged += 1

    def fault(self, record, what):
        self.faults.append(f"{record.register} {record.id or record.key}: {what}"[:600])

    # After a restart.

    async def check(self, connection, is_full):
        """Every record this round touched, and some older ones; all of them when full."""
        older = [r for r in self.records if r not in self.touched]
        if not is_full:
            older = self.random.sample(older, min(10, len(older)))
        for record in [*self.touched, *older]:
            await self.check_record(connection, record)
        for record in self.random.sample(sorted(self.touched, key=lambda r: r.key),
                                         min(5, len(self.touched))):
            await self.check_double(connection, record)
        self.touched = set()

    async def check_record(self, connection, record):
        if record.id is None:
            # The answer to its creation was owed: the same request again tells.
            record.pending = None
            await self.post(connection, record)
            await self.check_double(connection, record)
            return
        status, _, answer = await connection.ask("GET", self.path(record))
        verb, asked = record.pending or (None, None)
        if status == 200:
            record.reads += record.register == PERSONAL
        if status == 410 and (record.is_deleted or verb == "delete"):
            record.acknowledge("delete", None, None)
        elif status != 200:
            self.fault(record, f"version {record.version} was acknowledged, and now: {status}")
        elif record.is_deleted:
            self.fault(record, "its deletion was acknowledged, and it is back")
        elif answer["version"] == record.version and answer["data"] == record.data:
            record.pending = None
        elif verb == "change" and answer["version"] > record.version and answer["data"] == asked:
            record.acknowledge("change", answer["version"], asked)
        else:
            self.fault(record, f"version {record.version} was acknowledged with {record.data},"
                               f" and now it is {answer}")

    async def check_double(self, connection, record):
        """A repeated request makes nothing new, and there is one such record at most."""
        if record.is_deleted or not record.data:
            return
        await self.post(connection, record)
        field = "surname" if record.register == PERSONAL else "short_name"
        status, _, answer = await connection.ask(
            "GET", f"{self.base}/{record.register}/records?{field}={quote(record.data[field])}")
        count = len(answer["records"]) if status == 200 else status
        if count != 1:
            self.fault(record, f"{field} {record.data[field]} is there {count} times")


def quote(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())
