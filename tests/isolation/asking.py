"""Asks as the people of one municipality for what another has, and reads the answers for it."""
import gzip
import io
import json
import re
import zipfile

from questions import (BOX, MULTIPART, body_of, destroys, fill, multipart, parameter_names, unknown,
                       variants)
from serving import ROLES, Client

STAFF_ROLES = (*ROLES, "staff")
ID = re.compile(r"[0-9a-hjkmnp-tv-z]{13}|[0-9a-f]{64}|[\w-]{43}")
LONG = re.compile(r"[\w-]{6,}", re.ASCII)   # what an id may stand in
WIDE = ("guest", "resident", "staff")   # who are asked in more ways; staff may all that roles may
ALONE = {"/admin/links/mail"}   # needs a publisher on another server: tests/link
SKIP = {"lang"}  # says in which words, not about what


def unpack(answer):
    """All text of an answer, whatever it came in."""
    body = answer.body
    if answer.header("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if body[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")


def plain(answer, sent=()):
    """What two answers are compared by: all but the ids that were asked for, and what is drawn
    at random."""
    text = unpack(answer) + answer.header("Location")
    for one in sorted(sent, key=len, reverse=True):
        text = re.sub(rf"(?<=/|F){one}\b", "ID", text) if one.isdigit() else text.replace(one, "ID")
    text = re.sub(r"nobody\d+", "", text)
    return answer.status, re.sub(r'(name="csrf" value=|csrf-token" content=)"[^"]*"', "", text)


def shape_of(text):
    return "<number>" if text.isdigit() else "<%d>" % len(text) if ID.fullmatch(text) else "<name>"


def replace(text, old, new):
    # The longest first: an address of a document begins with its id.
    for one, other in sorted(zip(old, new), key=lambda pair: len(pair[0]), reverse=True):
        text = re.sub(rf"(?<=/){one}(?=/|$)", other, text) if one.isdigit() else \
            text.replace(one, other)
    return text


class Asking:
    def __init__(self, port, asker, victim, routes, operator):
        self.client = Client(port)
        self.asker, self.victim = asker, victim
        self.routes = [one for one in routes if one["scope"] == "tenant"]
        self.operator_routes = [one for one in routes if one["scope"] == "operator"]
        self.operator = operator
        self.ids = victim.read_ids()
        self.own_ids = asker.read_ids()
        self.own_ids["digest"] = self.ids["digest"]   # its own would end its sessions
        self.secret = {one for ids in self.ids.values() for one in ids if len(one) > 5}
        self.harmless = set()   # words of answers that no id of theirs stands in
        self.refused = 0    # references to theirs
        self.bait = set()   # ids that the asker has written into its own records
        self.twins = {}     # answers to ids that nothing has
        self.calls, self.asked, self.faults, self.kinds = 0, 0, [], set()
        self.later = []     # bodies that start imports, whose numbers would become known
        digits = re.findall(r"\b\d{9,}", json.dumps(self.read("base.street"), ensure_ascii=False))
        self.word = max(digits, key=len)
        self.house = self.read("housing.house")
        self.cursors = {name: victim.api("staff", "GET", f"/registers/{name}/records?limit=1")
                        .get("cursor", "") for name in victim.registers}

    def read(self, register):
        one = self.victim.records[register][0]
        return self.victim.api("staff", "GET", f"/registers/{register}/records/{one}")

    def fault(self, kind, text):
        self.kinds.add(kind)
        if len(self.faults) < 200:
            self.faults.append(text)

    def credentials(self, role):
        if role == "operator":
            return [("Cookie", "session=" + self.operator)]
        return [] if role == "guest" else \
            [("Authorization", "Bearer " + self.asker.tokens[role])]

    def cookie(self, role):
        secret = self.operator if role == "operator" else self.asker.cookies.get(role)
        return [("Cookie", "session=" + secret)] if secret else []

    def ask(self, method, path, headers, body=None):
        self.calls += 1
        self.asked += 1
        more = [("X-Forwarded-For", f"10.{self.asked >> 16}.{self.asked >> 8 & 255}.{self.asked & 255}")]
        if self.calls % 2:
            more.append(("Accept-Encoding", "gzip"))
        if method in ("PUT", "PATCH", "DELETE"):
            more.append(("If-Match", "*"))
        body = body and body.replace(b"NOBODY", b"nobody%d" % self.asked)
        return self.client.ask(method, path, [*headers, *more], body)

    def look(self, what, answer, sent=()):
        """Nothing of the victim's may stand in an answer to the asker."""
        text = unpack(answer) + "\n".join(value for _, value in answer.headers)
        for one in sent:
            text = text.replace(one, "") if not one.isdigit() else text
        if self.victim.prefix + "zq" in text:
            for word in set(re.findall(self.victim.prefix + "zq[a-z]*", text)):
                self.fault(word, f"{what}: {answer.status}, and in it {word}")
        for one in self.find_secrets(text) - set(sent) - self.bait:
            kind = next(name for name, ids in self.ids.items() if one in ids)
            self.fault("id of " + kind, f"{what}: {answer.status}, and in it a {kind}: {one}")
        if answer.status >= 500:
            self.fault("broken", f"{what}: {answer.status} {text[:200]}")

    def find_secrets(self, text):
        found = set()
        for word in set(LONG.findall(text)) - self.harmless:
            inside = {one for one in self.secret if one in word}
            found |= inside
            if not inside:
                self.harmless.add(word)
        return found

    def compare(self, role, what, method, path, headers, body, sent):
        """With an id that nothing has the answer is the same."""
        first = self.ask(method, path, headers, body)
        self.look(what, first, sent)
        others = [unknown(one, self.calls % 1000) for one in sent]
        shape = (role, method, replace(path, sent, [shape_of(one) for one in sent]),
                 body and replace(body.decode(), sent, [shape_of(one) for one in sent]))
        if shape not in self.twins:
            body = body and replace(body.decode(), sent, others).encode()
            answer = self.ask(method, replace(path, sent, others), headers, body)
            self.twins[shape] = plain(answer, others)
        second = self.twins[shape]
        if method == "GET" and plain(first, sent) != second:
            # What a job does meanwhile changes a page once, for both.
            del self.twins[shape]
            answer = self.ask(method, replace(path, sent, others), headers, None)
            self.twins[shape] = second = plain(answer, others)
            first = self.ask(method, path, headers, None)
        if plain(first, sent) != second:
            self.fault("told apart", f"{what}: {first.status} is told apart from {second[0]}"
                       f" for an id that nothing has: {plain(first, sent)[1][:300]!r} and"
                       f" {second[1][:300]!r}")

    # What is asked.

    def ids_in_paths(self, roles, only_reads=False):
        """Their ids at our address; and our own lists, searches, maps, exports."""
        for role in roles:
            for route in sorted(self.routes, key=destroys):
                if destroys(route) == 2 or (only_reads and route["method"] != "GET"):
                    continue
                body, headers = body_of(route)
                headers = [*headers, *self.credentials(role)]
                is_wide = role in WIDE
                for path, sent in fill(self.victim, self.ids, route["pattern"], not is_wide):
                    for variant in variants(route, self.word) if is_wide and not sent else ("",):
                        what = f"{role}: {route['method']} {path}{variant}"
                        target = f"/{self.asker.name}{path}{variant}"
                        if sent:
                            self.compare(role, what, route["method"], target, headers, body, sent)
                        elif route["method"] == "GET":
                            self.look(what, self.ask("GET", target, headers))

    def controlled(self):
        """The same of the municipality's own people: every page with an id has something to say;
        its addresses that nobody could read, and the words that were seen."""
        silent, words = [], set()
        for route in self.routes:
            if route["method"] != "GET":
                continue
            answers = []
            for role in ("staff", "resident"):
                headers = [("Authorization", "Bearer " + self.victim.tokens[role])]
                for path, _ in fill(self.victim, self.ids, route["pattern"]):
                    for variant in ("", f"?bbox={BOX}", "?format=csv"):
                        answers.append(self.ask("GET", f"/{self.victim.name}{path}{variant}", headers))
                        words |= set(re.findall("zq[a-z]+", unpack(answers[-1])))
            if all(answer.status >= 400 for answer in answers) and route["pattern"] not in ALONE:
                silent.append(route["pattern"])
        return silent, words

    def operations(self, role):
        """Every operation of the description: their ids in its path; ours in its path and theirs
        in each parameter and in each reference of the body."""
        document = self.asker.read_document(role)
        headers = self.credentials(role)
        count = 0
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if method == "parameters":
                    continue
                count += 1
                method = method.upper()
                what = f"{role}: {operation['operationId']}"
                bodies = list(self.operation_bodies(operation, self.asker))
                for target, sent in fill(self.victim, self.ids, path, True):
                    for body, kind in bodies if sent else ():
                        self.compare(role, f"{what} {target}", method, self.base + target,
                                     headers + kind, body, sent)
                parameters = [self.asker.shape.resolve(one)["name"] for one in
                              [*item.get("parameters", []), *operation.get("parameters", [])]
                              if self.asker.shape.resolve(one)["in"] == "query"]
                own = fill(self.asker, self.own_ids, path, True)[0].path
                if role in WIDE:
                    self.in_parameters(role, what, self.base + own, method, parameters)
                if method in ("POST", "PUT", "PATCH"):
                    self.in_bodies(what, method, self.base + own, headers, operation)
        return count

    @property
    def base(self):
        return f"/{self.asker.name}/api/v1"

    def operation_bodies(self, operation, town):
        """One for each kind that is taken; references lead to the town's records."""
        content = operation.get("requestBody", {}).get("content", {})
        for kind, about in content.items():
            if kind == "multipart/form-data":
                yield multipart('{"surname": "Зареченский"}'), [MULTIPART]
            elif kind.endswith("json") and "schema" in about:
                shape = self.asker.shape
                before, shape.word = shape.refs, "Имя"
                shape.refs = {name: [ids[0]] for name, ids in town.records.items()}
                value = shape.make(about.get("x-itemSchema", about["schema"]))
                shape.refs = before
                for told in ("id", "version", "changed_at", "title", "valid_from", "valid_to"):
                    value.pop(told, None)
                yield json.dumps(value, ensure_ascii=False).encode(), [("Content-Type", kind)]
            else:
                yield "Осмотрен".encode(), [("Content-Type", "text/plain")]
        if not content:
            yield None, []

    def in_parameters(self, role, what, path, method, names):
        one = self.victim.records["housing.house"][0]
        for name in names if method == "GET" else ():
            # A filter in FEEL is a sentence; in it the id is what a reference is compared with.
            value = f"house%3D%22{one}%22" if name == "where" else one
            self.compare(role, f"{what}?{name}={value}", "GET", f"{path}?{name}={value}",
                         self.credentials(role), None, (one,))

    def in_bodies(self, what, method, path, headers, operation):
        """A reference to a record of theirs is refused, as one to nothing is."""
        for _ in range(3):
            for body, kind in self.operation_bodies(operation, self.victim):
                sent = [one for one in set(ID.findall((body or b"").decode())) & self.secret]
                if not sent:
                    continue
                self.bait |= set(sent)
                question = (what, method, path, headers + kind, body, sent)
                if "ndjson" in kind[0][1]:
                    self.later.append(question)
                else:
                    self.refer(*question)

    def refer(self, what, method, path, headers, body, sent):
        answer = self.ask(method, path, headers, body)
        self.look(f"{what} {body.decode()}", answer, sent)
        self.refused += answer.status >= 400
        if answer.status < 400 and not self.is_left_out(answer):
            self.fault("refers", f"{what}: {answer.status} for a reference to a record of"
                       f" another municipality: {body.decode()[:300]}")

    def is_left_out(self, answer):
        """Whether the lines that a job was given to write were all refused."""
        if answer.status != 202:
            return False
        self.asker.wait(answer.json()["job"])
        counts = self.asker.api("data", "GET", f"/imports/{answer.json()['import']}")["counts"]
        return counts["created"] + counts["changed"] == 0 and counts["wrong"] > 0

    def page_parameters(self, role):
        """Every name that a page asks its query for, with their ids."""
        names = [one for one in parameter_names("request_query") if one not in SKIP]
        for route in self.routes:
            if route["method"] == "GET" and not route["pattern"].startswith("/api/"):
                for path, _ in fill(self.asker, self.own_ids, route["pattern"], True)[:1]:
                    self.in_parameters(role, f"{role}: {path}", f"/{self.asker.name}{path}", "GET",
                                       names)
        return len(names)
