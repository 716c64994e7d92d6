"""Servers are replaced one after the other while people work."""
import asyncio
import http.client
import time

from away import check
from crowd import Crowd
from pair import Pair
from serving import Fault, Server

DRAIN_S = 2


class Balancer:
    """Names the ports that are ready, in turn, as a balancer that asks /readyz would."""

    def __init__(self, pair):
        self.pair, self.ports, self.turn, self.used = pair, [], 0, set()

    def look(self):
        ports = []
        for server in list(self.pair.servers):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    ports.append(server.port)
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
        self.ports = ports

    def choose(self):
        self.turn += 1
        port = self.ports[self.turn % len(self.ports)]
        self.used.add(port)
        return port


def case_rolling():
    """Both servers are replaced under load and not one request fails"""
    with Pair("--drain", str(DRAIN_S)) as pair:
        balancer = Balancer(pair)
        balancer.look()
        crowd = Crowd(pair.tenant, pair.tokens["data"], balancer.choose)

        async def watch():
            while True:
                await asyncio.to_thread(balancer.look)
                await asyncio.sleep(0.2)

        async def script():
            watcher = asyncio.create_task(watch())
            try:
                for who in (0, 1):
                    await asyncio.sleep(1)
                    await asyncio.to_thread(pair.servers[who].stop)
                    pair.servers[who] = await asyncio.to_thread(
                        Server, pair.places[who], *pair.options)
                    began = time.monotonic()
                    while pair.servers[who].port not in balancer.ports:
                        if time.monotonic() - began > 20:
                            raise Fault("the new server is not ready")
                        await asyncio.sleep(0.05)
                await asyncio.sleep(1)
            finally:
                watcher.cancel()

        asyncio.run(crowd.run(script()))
        check(pair, crowd)
        if crowd.refused or crowd.unknown or len(balancer.used) != 4:
            raise Fault(f"{len(crowd.refused)} refused; {len(balancer.used)} servers were used")
