"""Clients that write and read through several servers and remember every answer."""
import asyncio
import json
import time

REGISTER = "base.organization"


class Closed(Exception):
    """The connection ended before an answer had begun."""


class Client:
    """One keep-alive connection to whichever server the chooser names."""

    def __init__(self, choose, token):
        self.choose, self.token = choose, token
        self.port = self.reader = self.writer = None

    async def ask(self, method, path, body=None):
        port = self.choose()
        if self.writer is None or port != self.port:
            self.close()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
            self.port = port
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.token}"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:-2])
        got = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), headers, got

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Crowd:
    def __init__(self, tenant, token, choose, clients=8):
        self.base = f"/{tenant}/api/v1/registers/{REGISTER}/records"
        self.clients = [Client(choose, token) for _ in range(clients)]
        self.written, self.refused, self.unknown, self.faults = set(), set(), set(), []
        self.waits, self.answers, self.is_over = [], 0, False

    async def run_one(self, number, client):
        last = None
        for step in range(100000):
            if self.is_over:
                break
            name = f"Организация {number}-{step}"
            is_write = last is None or step % 3 == 0
            began = time.monotonic()
            try:
                if is_write:
                    status, headers, body = await client.ask(
                        "POST", self.base, {"data": {"name": name, "short_name": name}})
                else:
                    status, headers, body = await client.ask("GET", f"{self.base}/{last}")
            except (OSError, EOFError, asyncio.IncompleteReadError) as fault:
                self.faults.append(f"{'POST' if is_write else 'GET'}: {fault!r}")
                client.close()
                continue
            self.answers += 1
            self.waits.append(time.monotonic() - began)
            if status == 503 and "retry-after" in headers:
                if is_write:
                    (self.unknown if "look whether".encode() in body else self.refused).add(name)
                await asyncio.sleep(0.05)
            elif status not in (200, 201):
                self.faults.append(f"{status} {body.decode(errors='replace')[:300]}")
                if is_write:
                    self.refused.add(name)
            elif is_write:
                self.written.add(name)
                last = json.loads(body)["id"]
            elif json.loads(body)["id"] != last:
                self.faults.append(f"another record than {last}")

    async def run(self, script):
        """Lets them work while the script, a coroutine, does something to the servers."""
        tasks = [asyncio.create_task(self.run_one(i, c)) for i, c in enumerate(self.clients)]
        try:
            await script
        finally:
            self.is_over = True
            await asyncio.gather(*tasks)
            for client in self.clients:
                client.close()

    async def names(self, client):
        """What stands there."""
        found, cursor = set(), ""
        while True:
            status, _, body = await client.ask("GET", f"{self.base}?limit=100{cursor}")
            page = json.loads(body)
            if status != 200:
                raise RuntimeError(f"{status} {body!r}")
            found.update(record["data"]["name"] for record in page["records"])
            if not page.get("cursor"):
                return found
            cursor = "&cursor=" + page["cursor"]
