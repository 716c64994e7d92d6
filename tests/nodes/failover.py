"""The database's server is lost, and its standby goes on."""
import asyncio
import os
import shutil
import subprocess
import time

from away import check
from cluster import AS, BIN, Cluster
from crowd import Crowd
from pair import Pair
from serving import Fault


class Standby(Cluster):
    """A copy of another cluster that follows it; synchronous, so it has all that was acknowledged."""

    def __init__(self, primary):
        super().__init__()
        shutil.rmtree(self.home / "data")
        subprocess.run([*AS, f"{BIN}/pg_basebackup", "-h", primary.home, "-U", "postgres", "-D",
                        self.home / "data", "-R", "-X", "stream", "--checkpoint=fast"],
                       check=True, cwd="/")
        self.start()
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        for _ in range(200):
            if primary.ask("SELECT sync_state FROM pg_stat_replication").stdout.strip() == "sync":
                return
            time.sleep(0.05)
        raise Fault("the standby does not follow")

    def promote(self):
        self.ask("ALTER SYSTEM RESET synchronous_standby_names")
        if self.ask("SELECT pg_promote()").stdout.strip() != "t":
            raise Fault("the standby is not promoted")


def case_failover():
    """A database's server is lost: its standby is promoted, the servers go on, nothing acknowledged is lost"""
    with Cluster() as primary:
        standby = Standby(primary)
        os.environ["UPRAVA_TEST_CLUSTER"] = f"host={primary.home},{standby.home} user=postgres"
        try:
            with Pair("--store-wait", "60") as pair:
                turns = iter(range(10 ** 9))
                crowd = Crowd(pair.tenant, pair.tokens["data"],
                              lambda: pair.servers[next(turns) % 2].port)

                async def script():
                    await asyncio.sleep(2)
                    await asyncio.to_thread(primary.crash)
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(standby.promote)
                    before = crowd.answers
                    for _ in range(300):
                        await asyncio.sleep(0.1)
                        if crowd.answers > before + 100:
                            return
                    raise Fault("the servers do not go on")

                asyncio.run(crowd.run(script()))
                check(pair, crowd)
                if crowd.refused:
                    raise Fault(f"{len(crowd.refused)} requests were refused")
        finally:
            standby.__exit__()
