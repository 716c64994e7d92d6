"""Ends and beginnings: signals, two servers, a clock that jumps."""
import asyncio
import contextlib
import os
import re
import socket
import subprocess
import time

from load import Connection, Writer
from serving import TOP, Client, Fault, Folder, Server, program

RECORDS = "/api/v1/registers/base.organization/records"


def need(holds, what):
    if not holds:
        raise Fault(what)


@contextlib.contextmanager
def town(packs="base"):
    """A folder with one municipality; its name and its clerk's token."""
    folder = Folder()
    try:
        tenant = folder.make_template(packs)
        yield folder, tenant, folder.tokens[tenant]["clerk"]
    finally:
        folder.remove()


def serve_refused(folder, *prefix, environment=None):
    """What a server says that must not start, and its status."""
    done = subprocess.run(
        [*prefix, program(), "serve", "--data", str(folder.data), "--share", str(folder.share),
         "--port", "0"], capture_output=True, text=True, timeout=60, cwd=TOP,
        env=dict(os.environ, **environment or {}))
    return done.stderr + done.stdout, done.returncode


def ask(port, token, method, path, body=None, *headers):
    client = Client(port)
    try:
        return client.ask(method, path, [("Authorization", f"Bearer {token}"),
                                         ("Content-Type", "application/json"), *headers], body)
    finally:
        client.close()


def case_second_server():
    """a second server on a data directory refuses and names the first"""
    with town() as (folder, tenant, token):
        server = Server(folder)
        said, status = serve_refused(folder)
        need(status != 0 and str(server.process.pid) in said, f"it ends with {status}: {said}")
        answer = ask(server.port, token, "GET", f"/{tenant}{RECORDS}")
        need(answer.status == 200, f"the first one answers {answer.status}")
        server.stop()


def case_clock_back():
    """a clock that jumps back harms no order: versions grow, ids differ, the journal holds"""
    with town() as (folder, tenant, token):
        server = Server(folder)
        now = int(time.time() * 1000)
        ids, versions = [], []
        for i, moment in enumerate((now, now - 86400000, now - 400 * 86400000, now + 1000)):
            server.set_clock(moment)
            body = f'{{"data": {{"name": "{i}", "short_name": "{i}"}}}}'.encode()
            answer = ask(server.port, token, "POST", f"/{tenant}{RECORDS}", body)
            need(answer.status == 201, f"POST is answered {answer.status}: {answer.text()}")
            ids.append(answer.json()["id"])
            versions.append(answer.json()["version"])
        need(len(set(ids)) == 4 and versions == sorted(set(versions)), f"{ids} {versions}")
        history = ask(server.port, folder.tokens[tenant]["auditor"], "GET",
                      f"/{tenant}{RECORDS}/{ids[2]}/history")
        need(history.status == 200 and len(history.json()["versions"]) == 1, history.text())
        need("hold" in folder.call("verify", tenant), "the journal does not hold")
        server.stop()


async def load_until_stopped(server, writers, token):
    tasks = [asyncio.create_task(writer.run(Connection(server.port, token)))
             for writer in writers]
    await asyncio.sleep(1)
    server.process.terminate()
    await asyncio.wait_for(asyncio.gather(*tasks), 30)


async def check_nothing_owed(server, writers, token):
    """A request that was not answered has not been done either."""
    for writer in writers:
        connection = Connection(server.port, token)
        for record in list(writer.touched):
            if record.pending is None:
                continue
            if record.id is None:
                field = "surname" if record.register == "base.person" else "short_name"
                _, _, answer = await connection.ask(
                    "GET", f"{writer.base}/{record.register}/records?limit=200")
                there = [r for r in answer["records"]
                         if r["data"].get(field) == record.created[field]]
                need(not there, f"{record.created} was made and not answered")
                continue
            status, _, answer = await connection.ask("GET", writer.path(record))
            need(status == 200 and answer["version"] == record.version,
                 f"{record.pending} was done and not answered: {status}")
        connection.close()


def case_stop_under_load():
    """told to stop under load, the server answers all it has accepted and ends"""
    with town() as (folder, tenant, token):
        for turn in range(3):
            server = Server(folder)
            writers = [Writer(i + 100 * turn, tenant, "stop") for i in range(16)]
            asyncio.run(load_until_stopped(server, writers, token))
            began = time.monotonic()
            server.stop()
            need(time.monotonic() - began < 15, "it took 15 s to end")
            faults = [fault for writer in writers for fault in writer.faults]
            need(not faults, "\n".join(faults[:5]))
            again = Server(folder)
            asyncio.run(check_nothing_owed(again, writers, token))
            again.stop()


def case_killed_sockets():
    """a socket and a lock left by a killed server keep nobody out"""
    with town() as (folder, tenant, _):
        server = Server(folder)
        server.kill()
        need((folder.data / "uprava.sock").exists(), "there was no socket to be left")
        need("hold" in folder.call("verify", tenant), "the command line does not work")
        again = Server(folder)
        need(re.search("hold", folder.call("verify", tenant)), "the server does not verify")
        again.stop()


def case_silent_caller():
    """a program that opens the command line's socket and says nothing keeps no server from ending"""
    with town() as (folder, tenant, _):
        server = Server(folder)
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(str(folder.data / "uprava.sock"))
            folder.call("verify", tenant)  # came after it and was served: it is let in
            server.stop()
