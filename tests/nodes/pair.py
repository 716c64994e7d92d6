"""Two servers, each with a data directory of its own, one database, one key, one folder of files."""
import subprocess
import time

from serving import TOP, Client, Fault, Folder, Server, program


class Place(Folder):
    """What a server of its own is given: like serving.Folder, over the same database."""

    def __init__(self, folder, name, shared=True):
        self.path = folder.path / name
        self.path.mkdir(exist_ok=True)
        self.data = self.path / "data"
        # The time of the day: in one that stands still the ids of two servers may meet.
        self.clock = folder.path / "no-clock"
        self.clock.touch()
        self.share = folder.share
        self.environment = dict(folder.environment)
        if not shared:
            for name in ("UPRAVA_FILES", "UPRAVA_NODE_KEY"):
                self.environment.pop(name)


class Pair:
    def __init__(self, *options, packs="base,housing"):
        self.folder = Folder()
        self.folder.environment.update(UPRAVA_FILES=str(self.folder.path / "files"),
                                       UPRAVA_NODE_KEY=str(self.folder.path / "node.key"))
        self.tenant = self.folder.make_template(packs)
        self.tokens = self.folder.tokens[self.tenant]
        self.options = options
        self.places = [Place(self.folder, name) for name in ("first", "second")]
        self.servers = [Server(place, *options) for place in self.places]

    def ask(self, who, method, path, token=None, body=None, headers=()):
        given = list(headers)
        if token:
            given.append(("Authorization", "Bearer " + self.tokens[token]))
        if isinstance(body, str):
            given.append(("Content-Type", "application/x-www-form-urlencoded"))
            body = body.encode()
        client = Client(self.servers[who].port)
        try:
            return client.ask(method, f"/{self.tenant}{path}", given, body)
        finally:
            client.close()

    def call(self, who, *words):
        """The command line beside that server."""
        place = self.places[who]
        done = subprocess.run([program(), *words, "--data", str(place.data)], text=True, cwd=TOP,
                              capture_output=True, timeout=60)
        if done.returncode != 0:
            raise Fault(f"uprava {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def end(self):
        try:
            for server in self.servers:
                server.stop()
        finally:
            for server in self.servers:
                if server.is_alive():
                    server.kill()
            self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.end()
            return
        for server in self.servers:
            if server.is_alive():
                server.kill()
            print(server.read_log()[-3000:])
        self.folder.remove()


def within(seconds, what, is_so):
    """How long it took until it was so."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise Fault(f"{what}: not within {seconds} s")
        time.sleep(0.005)
    return time.monotonic() - began


def expect(answer, status, words=""):
    if answer.status != status or words not in answer.text():
        raise Fault(f"{answer.status} instead of {status} {words}: {answer.text()[:500]}")
    return answer
