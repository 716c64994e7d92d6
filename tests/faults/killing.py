"""One data folder, served, killed and served again: an epoch of the kill test."""
import asyncio
import random
import re
import subprocess
import time

import cases
from flows import FlowWriter, read_rows
from load import Connection, Lost, Writer
from serving import Fault, Folder, Server, program

CLIENTS = 16
FLOW_CLIENTS = 6
FULL_EVERY = 10  # restarts after which every record is looked at
ROWS_A_KILL = 1000  # of the import that runs meanwhile

class Epoch:
    def __init__(self, mode, kills, seed):
        self.mode = mode
        self.planned = kills
        self.streets = min(kills * ROWS_A_KILL, 30000)
        self.random = random.Random(seed)
        self.folder = Folder()
        # Not a copy: anchors are signed for one tenant.
        self.tenant = self.folder.make_template("base,housing,errand")
        self.token = self.folder.tokens[self.tenant]["clerk"]
        self.jobs_token = self.folder.tokens[self.tenant]["data"]
        self.writers = [Writer(i, self.tenant, seed) for i in range(CLIENTS)]
        head = {"head": self.folder.tokens[self.tenant]["head"]}
        self.writers += [FlowWriter(i, self.tenant, seed, head) for i in range(FLOW_CLIENTS)]
        self.writers += cases.make_writers(self.tenant, seed, self.folder.tokens[self.tenant])
        self.kills = self.owed = self.entries = 0
        self.server = None
        self.importing = None
        self.found = []

    def faults(self):
        return self.found + [fault for writer in self.writers for fault in writer.faults]

    def acknowledged(self):
        return sum(writer.acknowledged for writer in self.writers)

    def flow_steps(self):
        return self.acknowledged_by(FlowWriter)

    def case_steps(self):
        return self.acknowledged_by(cases.CaseWriter)

    def acknowledged_by(self, kind):
        return sum(writer.acknowledged for writer in self.writers if isinstance(writer, kind))

    def remove(self):
        if self.server is not None and self.server.is_alive():
            self.server.kill()
        if self.importing is not None and self.importing.poll() is None:
            self.importing.kill()
            self.importing.wait()
        self.folder.remove()

    def serve(self):
        # Ids begin with the moment: a new process must not live in that of the old one.
        self.folder.clock.write_text(str(int(time.time() * 1000)))
        layer = {"unsafe": "drop", "plain": ""}.get(self.mode, self.mode)
        options = ["--unsafe"] if self.mode == "unsafe" else []
        self.server = Server(self.folder, *options,
                             environment={"UPRAVA_TEST_VFS": layer} if layer else {})
        return self.server

    async def run(self):
        server = self.serve()
        await self.start_import(server)
        while self.kills < self.planned and not self.faults():
            if self.random.random() < 0.15:
                await self.kill_at_start(server)
            else:
                await self.kill_under_load(server)
            self.kills += 1
            server = self.serve()
            self.verify()
            await self.check(server, self.kills % FULL_EVERY == 0 or self.kills == self.planned)
        if self.mode == "unsafe":
            server.kill()
            return
        try:
            if not self.faults():
                self.end_import()
        finally:
            server.stop()
        self.read_journal()

    async def kill_under_load(self, server):
        tasks = [asyncio.create_task(writer.run(Connection(server.port, self.token)))
                 for writer in self.writers]
        await asyncio.sleep(self.random.choice((0.02, 0.2, 0.8)) * self.random.uniform(0.2, 1))
        server.kill()
        await asyncio.gather(*tasks)
        self.owed += sum(r.pending is not None for w in self.writers for r in w.touched)

    async def kill_at_start(self, server):
        """Recovery itself is interrupted: killed, begun again, killed within some milliseconds."""
        server.kill()
        process = subprocess.Popen([program(), "serve", "--data", str(self.folder.data), "--share",
                                    str(self.folder.share), "--port", "0"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await asyncio.sleep(self.random.uniform(0, 0.05))
        process.kill()
        process.wait()

    async def check(self, server, is_full):
        async def one(writer):
            connection = Connection(server.port, self.token)
            try:
                await writer.check(connection, is_full)
            except Lost:
                writer.faults.append("the server closed a connection while nothing was wrong")
            connection.close()
        await asyncio.gather(*map(one, self.writers))

    def verify(self):
        try:
            said = self.folder.call("verify", self.tenant)
        except Fault as fault:
            self.found.append(str(fault))
            return
        self.entries = int(re.search(r"(\d+) entries hold", said)[1])

    # An import on its way through all the kills.

    async def start_import(self, server):
        path = self.folder.path / "streets.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("code,name,type,territory\n")
            file.writelines(f"s{i},Улица {i},ул,\n" for i in range(self.streets))
        self.importing = subprocess.Popen(
            [program(), "import", self.tenant, "base.street", str(path), "--data",
             str(self.folder.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Killed before it was asked, the server would leave the directory to the command line.
        connection = Connection(server.port, self.jobs_token)
        for _ in range(600):
            status, _, answer = await connection.ask("GET", f"/{self.tenant}/api/v1/jobs")
            if status == 200 and answer["items"]:
                return connection.close()
            await asyncio.sleep(0.05)
        raise Fault(f"the import does not begin: {status} {answer}")

    def imports(self):
        rows = self.folder.open_rows(self.tenant)
        try:
            return rows.execute("SELECT id, status, counts FROM import").fetchall()
        finally:
            rows.close()

    def end_import(self):
        """The job was taken up again after every kill; it ends without anybody's help."""
        if self.importing is None:
            return
        end = time.monotonic() + 120
        while any(status in ("checking", "running") for _, status, _ in self.imports()):
            if time.monotonic() > end:
                self.found.append(f"the import does not end: {self.imports()}")
                return
            time.sleep(0.1)

    def read_journal(self):
        """With nobody else at the file: what was acknowledged, entry by entry."""
        rows = self.folder.open_rows(self.tenant)
        entries = {seq: (action, record) for seq, action, record in rows.execute(
            "SELECT seq, action, record FROM journal WHERE action IN ('create', 'change')")}
        reads = dict(rows.execute("SELECT record, count(*) FROM journal WHERE action = 'read'"
                                  " GROUP BY record"))
        for writer in self.writers:
            for record in writer.records:
                number = decode(record.id) if record.id else 0
                for version, verb in record.versions:
                    if version is not None and entries.get(version) != (verb, number):
                        self.found.append(f"{record.id}: entry {version} is {entries.get(version)}")
                if reads.get(number, 0) < record.reads:
                    self.found.append(f"{record.id} was read {record.reads} times, the journal"
                                      f" has {reads.get(number, 0)}")
        self.read_streets(rows)
        self.found += read_rows(rows) + cases.read_rows(rows)
        rows.close()

    def read_streets(self, rows):
        total, different = rows.execute(
            "SELECT count(*), count(DISTINCT json_extract(body, '$.code')) FROM record r"
            " JOIN register_no n ON n.no = r.register WHERE n.name = 'base.street'").fetchone()
        status = [status for _, status, _ in self.imports()]
        if total != different or (status == ["done"] and total != self.streets):
            self.found.append(f"the import ({status}) made {total} records, {different} different")


ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def decode(text):
    number = 0
    for letter in text:
        number = number * 32 + ALPHABET.index(letter)
    return number
