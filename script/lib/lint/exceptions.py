"""src/EXCEPTIONS: the faults that are allowed, each with its reason.

    src/net/server.c  banned malloc  # OpenSSL calls back for memory it frees itself

The name may be a pattern, FIELD_*.  An exception that allows nothing any more is a fault
itself.
"""
import fnmatch
import pathlib
import re

from lint.tree import Fault

FILE = pathlib.Path("src/EXCEPTIONS")


class Exceptions:
    def __init__(self, tree):
        self.bad = []
        self.lines = {}
        self.used = set()
        for number, line in enumerate(tree.read(FILE).splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = re.fullmatch(r"(\S+)\s+(\S+)\s+(\S+)\s+# (.{10,})", line)
            if match:
                self.lines[match.group(1, 2, 3)] = number
            else:
                self.bad.append(number)

    def allow(self, fault):
        for path, rule, name in self.lines:
            same = path == str(fault.path) and rule == fault.rule
            if same and fnmatch.fnmatchcase(fault.name, name):
                self.used.add((path, rule, name))
                return True
        return False

    def faults(self):
        for number in self.bad:
            yield Fault(FILE, number, "exception", "form", "say: path rule name # the reason")
        for key, number in self.lines.items():
            if key not in self.used:
                yield Fault(FILE, number, "exception", "unused", f"{' '.join(key)}: no such fault now")
