"""A PostgreSQL cluster that a case may stop, kill and start again."""
import concurrent.futures
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from serving import Fault

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[-2]))[-1]
AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []


class Cluster:
    """While it is entered, UPRAVA_TEST_CLUSTER means this one."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="uprava-cluster-"))
        if AS:
            shutil.chown(self.home, "postgres")
        subprocess.run([*AS, f"{BIN}/initdb", "-D", self.home / "data", "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, cwd="/",
                       stdout=subprocess.DEVNULL)
        self.process = None
        # The kernel ends a child with the thread that started it.
        self.starter = concurrent.futures.ThreadPoolExecutor(1)
        self.before = os.environ.get("UPRAVA_TEST_CLUSTER")

    def start(self):
        self.process = self.starter.submit(
            subprocess.Popen, [*AS, "setpriv", "--pdeathsig", "QUIT", f"{BIN}/postgres", "-D", self.home / "data",
             "-k", self.home, "-c", "listen_addresses=", "-c", "max_connections=100",
             "-c", "shared_buffers=32MB", "-c", "fsync=off", "-c", "full_page_writes=off",
             "-c", "log_min_messages=fatal"], cwd="/", stderr=subprocess.DEVNULL).result()
        for _ in range(300):
            done = self.ask("SELECT 1")
            if done.returncode == 0:
                return
            time.sleep(0.05)
        raise Fault("the cluster does not start: " + done.stderr)

    def ask(self, sql):
        return subprocess.run(["psql", "-qXAt", "-h", self.home, "-U", "postgres", "-c", sql, "postgres"],
                              capture_output=True, text=True)

    def crash(self):
        """All its processes end at once; what was committed is recovered at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def __enter__(self):
        self.start()
        self.ask("CREATE ROLE uprava LOGIN NOSUPERUSER NOBYPASSRLS")
        os.environ["UPRAVA_TEST_CLUSTER"] = f"host={self.home} user=postgres"
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.crash()
        if self.before is not None:
            os.environ["UPRAVA_TEST_CLUSTER"] = self.before
        self.starter.shutdown()
        shutil.rmtree(self.home, ignore_errors=True)
