"""Starting, watching and stopping the servers that are measured; each on core 0."""
import os
import pathlib
import shutil
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
PEERS = BUILD / "bench-peers"
DIRECTUS_DATA = WORK / "directus"
DIRECTUS_TOKEN = "token-of-the-bench"
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

    def __init__(self, name, command, port, env=None, cwd=ROOT, patience_s=60, core=CORE):
        self.name = name
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        log = open(WORK / f"{name}.log", "wb")
        self.process = subprocess.Popen(["taskset", "-c", core, *map(str, command)], stdout=log,
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


def uprava(data=DATA, slow_flush_ms=0, core=CORE):
    port = free_port()
    slow = ["--slow-flush-ms", slow_flush_ms] if slow_flush_ms else []
    return Server("uprava", [BUILD / "uprava", "serve", "--data", data, "--port", port,
                             "--requests-per-minute", 0, "--tenant-requests", 0, *slow], port,
                  core=core)


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


def warm(path):
    """A file that nobody read for a while may have left the page cache."""
    with open(path, "rb") as file:
        while file.read(1 << 22):
            pass


def install_peers():
    """Versions are pinned in script/benches/peers/package.json."""
    PEERS.mkdir(exist_ok=True)
    for file in (ROOT / "script/benches/peers").glob("*.*"):
        shutil.copy(file, PEERS)
    if (PEERS / "node_modules/.package-lock.json").exists():
        return
    print("installing Fastify and Directus, this takes minutes …", flush=True)
    with open(WORK / "npm.log", "wb") as log:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=PEERS, check=True,
                       stdout=log, stderr=log)


def fastify():
    port = free_port()
    return Server("fastify", ["node", "fastify.mjs", TENANT_FILE, port], port, cwd=PEERS)


def directus_env(port):
    return {"DB_CLIENT": "sqlite3", "DB_FILENAME": str(DIRECTUS_DATA / "data.db"),
            "SECRET": "secret-of-the-bench", "KEY": "bench", "ADMIN_EMAIL": "bench@example.com",
            "ADMIN_PASSWORD": "password-of-the-bench", "ADMIN_TOKEN": DIRECTUS_TOKEN,
            "CACHE_ENABLED": "false", "RATE_LIMITER_ENABLED": "false",
            "PRESSURE_LIMITER_ENABLED": "false", "TELEMETRY": "false",
            "LOG_LEVEL": "error", "HOST": "127.0.0.1", "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}"}


def directus():
    port = free_port()
    return Server("directus", ["node", "node_modules/directus/cli.js", "start"], port,
                  env=directus_env(port), cwd=PEERS)


def fill_directus(count):
    """The same houses in a collection of its own, once; its indexes are on the same fields."""
    done = DIRECTUS_DATA / f"filled-{count}"
    if done.exists():
        return
    print(f"filling Directus with {count:,} records …", flush=True)
    shutil.rmtree(DIRECTUS_DATA, ignore_errors=True)
    DIRECTUS_DATA.mkdir()
    env = {**os.environ, **directus_env(0)}
    subprocess.run(["node", "node_modules/directus/cli.js", "bootstrap"], cwd=PEERS, env=env,
                   check=True, stdout=subprocess.DEVNULL)
    with directus() as server:
        houses = subprocess.Popen([BUILD / "tests/load/houses", "0", str(count)],
                                  stdout=subprocess.PIPE)
        subprocess.run(["node", "directus.mjs", server.url, DIRECTUS_TOKEN,
                        DIRECTUS_DATA / "data.db"], cwd=PEERS, check=True, stdin=houses.stdout)
    done.touch()
