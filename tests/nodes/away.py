"""The database goes away and comes back."""
import asyncio
import itertools
import subprocess
import threading
import time

from cluster import Cluster
from crowd import Client, Crowd
from pair import Pair, Place
from serving import TOP, Fault, Server, program

WAIT_S = 5
SLACK_S = 4  # a machine that is busy with other things


def check(pair, crowd):
    """What was acknowledged stands there, what was refused does not."""
    async def look():
        client = Client(lambda: pair.servers[1].port, pair.tokens["data"])
        try:
            return await crowd.names(client)
        finally:
            client.close()

    found = asyncio.run(look())
    lost, risen = crowd.written - found, crowd.refused & found
    if crowd.faults or lost or risen:
        raise Fault(f"faults {crowd.faults[:5]}, acknowledged and lost {sorted(lost)[:5]}, refused and"
                    f" there {sorted(risen)[:5]}")
    print(f"# {crowd.answers} answers, {len(crowd.written)} written, {len(crowd.refused)} refused,"
          f" {len(crowd.unknown)} unknown, the longest took {max(crowd.waits):.1f} s")


def outage(cluster, pair, seconds):
    turns = itertools.count()
    crowd = Crowd(pair.tenant, pair.tokens["data"],
                  lambda: pair.servers[next(turns) % 2].port)

    async def script():
        await asyncio.sleep(2)
        await asyncio.to_thread(cluster.crash)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(cluster.start)
        before = crowd.answers
        for _ in range(200):
            await asyncio.sleep(0.1)
            if crowd.answers > before + 200:
                break
        else:
            raise Fault("the servers do not recover")

    asyncio.run(crowd.run(script()))
    check(pair, crowd)
    return crowd


def case_short():
    """A database that crashes and is back within the limit costs nobody a request"""
    # On a machine that is busy with other things a recovery takes long.
    with Cluster() as cluster, Pair("--store-wait", "60") as pair:
        crowd = outage(cluster, pair, 1)
        if crowd.refused or crowd.unknown:
            raise Fault(f"{len(crowd.refused)} requests were refused")


def case_long():
    """While it is away for longer requests wait within the limit, then 503; nothing acknowledged is lost"""
    with Cluster() as cluster, Pair() as pair:
        crowd = outage(cluster, pair, WAIT_S + 3)
        if not crowd.refused:
            raise Fault("nobody was refused")
        if max(crowd.waits) > WAIT_S + SLACK_S:
            raise Fault(f"a request took {max(crowd.waits):.1f} s")


def case_start():
    """A server that is started while the database is away says so and waits; a command refuses"""
    with Cluster() as cluster, Pair() as pair:
        place = Place(pair.folder, "late")
        for server in pair.servers:
            server.stop()
        cluster.crash()
        done = subprocess.run([program(), "tenant", "list", "--data", str(place.data)], cwd=TOP,
                              env={**place.environment, "PATH": "/usr/bin"}, capture_output=True, text=True,
                              timeout=60)
        if done.returncode != 7 or "the database does not answer" not in done.stderr:
            raise Fault(f"status {done.returncode}: {done.stderr}")
        timer = threading.Timer(2, cluster.start)
        timer.start()
        began = time.monotonic()
        server = Server(place)
        timer.join()
        took = time.monotonic() - began
        log = server.read_log()
        server.stop()
        pair.servers = []
        if took < 2 or "store.awaited" not in log:
            raise Fault(f"it took {took:.1f} s: {log}")
