"""wrk on core 1 against a server, and what came of it."""
import os
import statistics
import subprocess
from dataclasses import dataclass

from kit.servers import ROOT

LUA = ROOT / "script/benches/load"
CLIENTS = 64


@dataclass
class Result:
    rate: float    # answers a second
    cpu_us: float  # the server's, an answer
    p99_ms: float


def wrk(server, script, path, seconds, env, is_measured=True):
    command = ["taskset", "-c", "1", "wrk", f"-c{CLIENTS}", "-t1", f"-d{seconds}s", "--latency",
               "--timeout", "30s", "-s", LUA / script, server.url + path]
    before = server.cpu_s()
    out = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True,
                         env={**os.environ, "DONE": str(LUA / "done.lua"), **env}).stdout
    used = server.cpu_s() - before
    lines = [line for line in out.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise SystemExit(f"wrk against {server.name}: {out}")
    count, duration_us, errors, p99_us = map(int, lines[0].split()[1:5])
    if errors * 1000 > count or (count == 0 and is_measured):
        raise SystemExit(f"{server.name} {path}: {errors} of {count} answers were errors")
    return Result(count * 1e6 / duration_us, used * 1e6 / max(count, 1), p99_us / 1000)


def median(results):
    return Result(*(statistics.median(getattr(result, name) for result in results)
                    for name in ("rate", "cpu_us", "p99_ms")))


@dataclass
class Side:
    """One of those compared: how to start it and what to ask of it."""
    start: object  # makes the Server
    script: str
    path: str
    env: dict


def compare(sides, runs, seconds):
    """The medians, side by side: each run has every side in turn, so noise meets all."""
    results = [[] for _ in sides]
    for run in range(runs):
        for at, side in enumerate(sides):
            with side.start() as server:
                env = {name: value(run) if callable(value) else value
                       for name, value in side.env.items()}
                # The first second warms up; the slowest peers answer nothing in it.
                wrk(server, side.script, side.path, 1, {**env, "CODE": env.get("CODE", "") + "w"},
                    is_measured=False)
                results[at].append(wrk(server, side.script, side.path, seconds, env))
    return [median(of_side) for of_side in results]
