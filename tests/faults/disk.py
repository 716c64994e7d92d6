"""Disks that are full, read-only or damaged."""
import contextlib
import os
import random
import resource
import subprocess

from ending import RECORDS, ask, need, serve_refused, town
from serving import Server, program

ROOM = 3 * 1024 * 1024  # bytes a file may have over what it has, when the disk is "full"


def create(server, tenant, token, number, size=900):
    text = "ж" * size
    body = f'{{"data": {{"name": "n{number}", "short_name": "n{number}", "note": "{text}"}}}}'
    return ask(server.port, token, "POST", f"/{tenant}{RECORDS}", body.encode(),
               ("Idempotency-Key", f"k{number}"))


def fill(server, tenant, token, most):
    """Creates until one is refused: the acknowledged ids and the refusal."""
    made = {}
    for number in range(most):
        answer = create(server, tenant, token, number)
        if answer.status != 201:
            return made, number, answer
        made[number] = answer.json()["id"]
    return made, most, None


def need_full(server, tenant, token, made, refusal):
    need(refusal is not None, "the disk never was full")
    need(refusal.status == 503 and "full" in refusal.text() and refusal.header("Retry-After"),
         f"it is answered {refusal.status}: {refusal.text()}")
    need(made, "nothing was made before")
    for number in random.sample(sorted(made), min(20, len(made))):
        answer = ask(server.port, token, "GET", f"/{tenant}{RECORDS}/{made[number]}")
        need(answer.status == 200, f"record {number} is answered {answer.status}")


def need_works_again(folder, server, tenant, token, made, number):
    answer = create(server, tenant, token, number)
    need(answer.status == 201, f"with space again: {answer.status} {answer.text()}")
    made[number] = answer.json()["id"]
    for made_id in made.values():
        answer = ask(server.port, token, "GET", f"/{tenant}{RECORDS}/{made_id}")
        need(answer.status == 200, f"an acknowledged record is answered {answer.status}")
    need("hold" in folder.call("verify", tenant), "the journal does not hold")


def case_file_limit():
    """files that may not grow: 503 with a sentence, nothing lost; with room again it works"""
    with town() as (folder, tenant, token):
        server = Server(folder, environment={"TMPDIR": str(folder.path)})
        pid = server.process.pid
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, hard))
        made, number, refusal = fill(server, tenant, token, 3000)
        need_full(server, tenant, token, made, refusal)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        need_works_again(folder, server, tenant, token, made, number)
        server.stop()


def may_mount():
    return subprocess.run(["unshare", "-m", "true"], capture_output=True,
                          check=False).returncode == 0


@contextlib.contextmanager
def on_small_disk(folder):
    """The data directory on a disk of 12 MB that only the server (and we, through /proc) see."""
    old = program()
    wrapper = folder.path / "on-small-disk"
    wrapper.write_text("#!/bin/sh\nset -e\n"
                       f"cp -a '{folder.data}' '{folder.path}/kept'\n"
                       f"mount -t tmpfs -o size=12m none '{folder.data}'\n"
                       f"cp -a '{folder.path}/kept/.' '{folder.data}/'\n"
                       f"exec '{old}' \"$@\"\n")
    wrapper.chmod(0o755)
    launcher = folder.path / "launch"
    launcher.write_text(f"#!/bin/sh\nexec unshare -m '{wrapper}' \"$@\"\n")
    launcher.chmod(0o755)
    os.environ["UPRAVA"] = str(launcher)
    try:
        yield
    finally:
        os.environ["UPRAVA"] = old  # whatever follows runs the program itself


def case_full_disk():
    """a full disk: 503 with a sentence, nothing lost; with space again it works"""
    if not may_mount():
        return "this container may not mount a small disk; file-limit asks the same"
    with town() as (folder, tenant, token):
        with on_small_disk(folder):
            server = Server(folder)
        try:
            inside = f"/proc/{server.process.pid}/root{folder.data}"
            with open(f"{inside}/ballast", "wb") as ballast, contextlib.suppress(OSError):
                while os.statvfs(inside).f_bavail * os.statvfs(inside).f_frsize > 1024 * 1024:
                    ballast.write(b"x" * 65536)
                    ballast.flush()
            made, number, refusal = fill(server, tenant, token, 3000)
            need_full(server, tenant, token, made, refusal)
            os.unlink(f"{inside}/ballast")
            answer = create(server, tenant, token, number)
            need(answer.status == 201, f"with space again: {answer.status} {answer.text()}")
        finally:
            server.stop()
    return None


def case_read_only():
    """a data directory that may not be written is refused with a sentence"""
    with town() as (folder, _, _):
        prefix = []
        if os.geteuid() == 0:
            prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        everything = [folder.data, *folder.data.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            said, status = serve_refused(folder, *prefix)
        finally:
            for path in everything:
                path.chmod(0o755 if path.is_dir() else 0o644)
        need(status not in (0, None) and status > 0, f"it ended with {status}: {said}")
        need(str(folder.data) in said and len(said) < 500, f"it says {said}")


def case_damaged_file():
    """a damaged municipality says so, the others go on"""
    with town() as (folder, tenant, token):
        folder.copy_template(tenant, "beside")
        server = Server(folder)
        for number in range(300):
            create(server, tenant, token, number)
        server.stop()
        path = folder.data / "tenants" / tenant / "data.db"
        pages = path.stat().st_size // 4096
        chance = random.Random(7)
        with open(path, "r+b") as file:
            for page in range(2, pages):
                file.seek(page * 4096)
                file.write(chance.randbytes(4096))
        server = Server(folder)
        broken = ask(server.port, token, "GET", f"/{tenant}{RECORDS}?limit=50")
        need(broken.status in (500, 503), f"the damaged one: {broken.status} {broken.text()[:300]}")
        good = create(server, "beside", token, 1)
        need(good.status == 201, f"the one beside: {good.status} {good.text()}")
        need(ask(server.port, token, "GET", "/healthz").status == 200, "healthz")
        log = server.read_log()
        need("damaged" in log and "tenant" in log, f"the log has {log[-1500:]}")
        server.stop()
