"""Loading the ГАР beside libxml2's SAX2 reading the same zip into one bare table."""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from kit.servers import ROOT
from kit.table import Row

LOAD = ROOT / "build/load/tests/load"


def ask(program, *arguments):
    done = subprocess.run([LOAD / program, *map(str, arguments)], check=True, text=True, cwd=ROOT,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def build():
    if not (ROOT / "build/load/build.ninja").exists():
        subprocess.run(["meson", "setup", "--buildtype=release", "-Dtests=false", "-Dload=true",
                        "build/load"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", "build/load"], check=True, cwd=ROOT,
                   stdout=subprocess.DEVNULL)


def measure(folder, megabytes, runs):
    made = ask("gar_generate", folder / "gar.zip", megabytes)
    times = {"floor": [], "first": [], "again": []}
    for run in range(runs):
        floor = ask("gar_floor", folder / f"floor{run}.db", folder / "gar.zip")
        ours = ask("gar_load", folder / f"ours{run}", folder / "gar.zip", ROOT / "packs")
        if ours["created"] != made["objects"] or ours["same"] != made["objects"]:
            sys.exit(f"not all objects came in: {ours}, {made}")
        times["floor"].append(floor["ms"])
        times["first"].append(ours["first_ms"])
        times["again"].append(ours["again_ms"])
        shutil.rmtree(folder / f"ours{run}")
        for file in folder.glob("floor*"):
            file.unlink()
    return {name: statistics.median(values) for name, values in times.items()}


def rows(megabytes, runs):
    with tempfile.TemporaryDirectory() as folder:
        ms = measure(pathlib.Path(folder), megabytes, runs)
    return [Row(work, f"{ms[key] / 1000:.1f} s", f"SAX2 and a table {ms['floor'] / 1000:.1f} s",
                ms["floor"] / ms[key], aim, False, "×")
            for work, key, aim in (("ГАР, first load", "first", 0.4),
                                   ("ГАР again, matched", "again", 0.1))]
