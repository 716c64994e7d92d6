"""The cluster of tests/lib/cluster: what it is asked, what its log says, what it costs."""
import os
import pathlib
import re
import subprocess

HEAD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[(\d+)\] (\w+):  (.*)$")
RUN = re.compile(r"^execute \S+: (.*)$", re.S)
VALUE = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")


class Cluster:
    def __init__(self):
        self.host = re.search(r"host=(\S+)", os.environ["UPRAVA_TEST_CLUSTER"])[1]
        self.log = pathlib.Path(self.host) / "server.log"
        self.pid = int(self.ask("SELECT pg_read_file('postmaster.pid')").split()[0])

    def address(self):
        return f"postgresql:///uprava?host={self.host}&user=uprava"

    def ask(self, sql, options=""):
        return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-U",
                               "postgres", "uprava"], input=sql, check=True, text=True,
                              stdout=subprocess.PIPE,
                              env={**os.environ, "PGOPTIONS": options}).stdout.strip()

    def tell_statements(self, is_told):
        """Of sessions that begin from now on."""
        for name, value in (("log_statement", "all"), ("log_min_messages", "log")):
            self.ask(f"ALTER ROLE uprava SET {name} = '{value}'" if is_told
                     else f"ALTER ROLE uprava RESET {name}")

    def read_statements(self, offset):
        """(process, text, values) of what was run since the log was so long."""
        with open(self.log, encoding="utf-8") as log:
            log.seek(offset)
            text = re.sub(r"\n\t", "\n", log.read())
        found = []
        for line in text.split("\n"):
            head = HEAD.match(line)
            if head and head[2] == "LOG" and RUN.match(head[3]):
                found.append([head[1], RUN.match(head[3])[1], []])
            elif head and head[2] == "DETAIL" and found:
                found[-1][2] = [None if value == "NULL" else value[1:-1].replace("''", "'")
                                for value in VALUE.findall(head[3])]
        return found

    def transaction(self, offset, mark):
        """The last transaction with a statement that has the mark in it."""
        by_process, last = {}, None
        for process, text, values in self.read_statements(offset):
            open_one = by_process.setdefault(process, [])
            if text.startswith("BEGIN"):
                open_one.clear()
            open_one.append((text, values))
            if text in ("COMMIT", "ROLLBACK") and any(mark in one for one, _ in open_one):
                last = list(open_one)
        if last is None:
            raise SystemExit(f"no statement with {mark} came to the database")
        return last

    def cpu_s(self):
        """Of the postmaster, its children, and those that have ended."""
        ticks = self.ticks(self.pid, 4)
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        for child in children.split():
            try:
                ticks += self.ticks(child, 2)
            except OSError:
                pass  # ended meanwhile
        return ticks / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def ticks(pid, count):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:11 + count]))
