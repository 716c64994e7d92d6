"""Starting, watching and stopping the servers that are measured; each on core 0."""
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "build"
WORK = BUILD / "bench"
DATA = WORK / "data"
TENANT_FILE = DATA / "tenants/demo/data.db"
CORE = "0"
nice = 0  # of servers and client: a busy machine is shared more in our favour


def favour(pid):
    """Linux shares a core between sessions first, so it is the session's that counts."""
    if nice:
        pathlib.Path(f"/proc/{pid}/autogroup").write_text(str(nice))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that answers on a port; what it prints goes to a log in build/bench."""

    def __init__(self, name, command, port, env=None, cwd=ROOT, patience_s=60):
        self.name = name
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        log = open(WORK / f"{name}.log", "wb")
        self.process = subprocess.Popen(["taskset", "-c", CORE, *map(str, command)], stdout=log,
                                        stderr=log, cwd=cwd, env={**os.environ, **(env or {})},
                                        start_new_session=True)
        favour(self.process.pid)
        self.wait_for_port(patience_s)

    def wait_for_port(self, patience_s):
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.002)
        self.stop()
        raise SystemExit(f"{self.name} does not answer; see {WORK / self.name}.log")

    def pids(self):
        """The process and its children (nginx answers in a child)."""
        found = [self.process.pid]
        for pid in found:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
            found += map(int, children.read_text().split()) if children.exists() else []
        return found

    def cpu_s(self):
        ticks = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_kb(self):
        """All that is resident, and of it what is the process's own."""
        fields = {}
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            name, value = line.split(":", 1)
            fields[name] = value.split()
        return int(fields["VmRSS"][0]), int(fields["RssAnon"][0])

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()


def uprava(data=DATA, slow_flush_ms=0):
    port = free_port()
    slow = ["--slow-flush-ms", slow_flush_ms] if slow_flush_ms else []
    return Server("uprava", [BUILD / "uprava", "serve", "--data", data, "--port", port,
                             "--requests-per-minute", 0, *slow], port)


def bare(work, slow_flush_ms=0):
    port = free_port()
    slow = [slow_flush_ms] if slow_flush_ms else []
    return Server(f"bare-{work}", [BUILD / "tests/load/bare_server", work, TENANT_FILE, port,
                                   *slow], port)


def nginx(body):
    port = free_port()
    (WORK / "static").mkdir(exist_ok=True)
    (WORK / "static/record.json").write_bytes(body)
    text = (ROOT / "script/benches/load/nginx.conf").read_text()
    config = WORK / "nginx.conf"
    config.write_text(text.replace("@ROOT@", str(WORK)).replace("@PORT@", str(port)))
    return Server("nginx", ["nginx", "-p", WORK, "-c", config], port)
