"""The table: printed while it grows, and kept in docs/benchmarks.md."""
import datetime
import os
import pathlib
import platform
from dataclasses import dataclass


@dataclass
class Row:
    work: str
    ours: str
    beside: str    # whom, and their number
    value: float   # what the aim speaks of
    aim: float
    is_most: bool  # the aim is an upper bound (memory, time, size)
    unit: str      # of value: "×", "MB", "ms"
    cpu: str = ""  # server CPU an answer, ours and theirs

    def is_met(self):
        return self.value <= self.aim if self.is_most else self.value >= self.aim

    def cells(self):
        sign = "≤" if self.is_most else "≥"
        return [self.work, self.ours, self.beside, self.cpu, f"{self.value:.3g} {self.unit}",
                f"{sign} {self.aim:g} {self.unit}", "met" if self.is_met() else "**short**"]


TITLES = ["work", "Uprava", "beside", "CPU an answer, µs", "measured", "aim", ""]


def markdown(rows):
    lines = ["| " + " | ".join(TITLES) + " |", "|" + "---|" * len(TITLES)]
    return "\n".join(lines + ["| " + " | ".join(row.cells()) + " |" for row in rows]) + "\n"


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{os.cpu_count()} cores ({model}), {memory_gb:.0f} GB, Linux {platform.release()}, "
            f"{datetime.date.today().isoformat()}")


def keep(path, rows, about, bench="registers"):
    replace(path, bench, markdown(rows) + "\n" + verdict(rows) + ".\n", about)


def replace(path, bench, table, about):
    """Replaces what stands between the marks; the words around it are written by people."""
    begin, end = f"<!-- table: script/bench {bench} -->\n", "<!-- end of table -->\n"
    text = path.read_text()
    head, rest = text.split(begin, 1)
    tail = rest.split(end, 1)[1]
    path.write_text(head + begin + about + "\n\n" + table + end + tail)


def verdict(rows):
    met = sum(row.is_met() for row in rows)
    return f"{met} aims met, {len(rows) - met} short"
