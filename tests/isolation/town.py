"""A municipality with something of everything in it, and its own words in all of that.

Whatever it keeps to itself has "<prefix>zq" and a word for its kind in it, what its guests may
see "<prefix>zqpub": letters that nothing else has and that no escaping changes.
"""
import json
import re
import sqlite3
import time
import urllib.parse

from serving import ROLES, Client, Fault
from shape import Shape

PACKS = "base,housing,greenery,council"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PER_REGISTER = 3
STAFF = "clerk,data,head,admin,auditor,methodologist,council_chair,council_secretary"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
PASSWORD = "zarechensk-isolation"


def id_text(number):
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(12, -1, -1))


class Marked(Shape):
    """Values with the town's words; what a guest is told of is public."""

    def __init__(self, document, public, prefix):
        super().__init__(document, prefix)
        self.public, self.prefix, self.register = public, prefix, ""

    def make_data(self, register):
        """Every field that can have a value."""
        schema = self.document["components"]["schemas"][register + ".new_data"]
        seen = self.public.get(register, ())
        made = {}
        for name, one in schema["properties"].items():
            if self.can_make(one):
                self.word = self.prefix + ("zqpub" if name in seen else "zqrecord")
                made[name] = self.make(one)
        return made

    def make_string(self, schema):
        made = super().make_string(schema)
        is_free = not schema.get("format") and "pattern" not in schema
        if not is_free:
            return made
        # What tells two apart stands in front: short texts are cut, and some are keys.
        return f"{self.word} {self.random.getrandbits(24):x} {made}"[:schema.get("maxLength", 100)]


class Town:
    def __init__(self, folder, name, prefix):
        self.folder, self.name, self.prefix = folder, name, prefix
        self.tokens, self.cookies = {}, {}
        self.records = {}   # register → ids, the last one deleted
        self.files = {}     # record → ids
        self.lists, self.packs, self.imports = [], PACKS.split(","), []
        self.tasks = []  # numbers of what its flow waits for
        self.above = []     # records that are published to it
        self.title = f"Город {prefix}zqpub"

    def login(self, role):
        return f"{self.prefix}zqlogin-{role}"

    def create(self):
        """Before the server runs."""
        self.folder.add_packs(PACKS)
        self.folder.prepare("tenant", "create", self.name, self.title, "--packs", PACKS, "--parent",
                         "above")
        for role in (*ROLES, "staff", "spare"):
            self.folder.prepare("user", "create", self.name, self.login(role),
                             f"{self.prefix}zqperson {role}", "--password", PASSWORD, "--roles",
                             {"staff": STAFF, "spare": "resident"}.get(role, role))
            self.tokens[role] = self.folder.prepare("user", "token", self.name, self.login(role),
                                                 f"{self.prefix}zqlabel")

    def api(self, role, method, path, body=None, headers=(), wanted=(200, 201, 202, 204)):
        answer = self.ask(role, method, "/api/v1" + path, body, headers)
        if answer.status not in wanted:
            raise Fault(f"{method} {path}: {answer.status} {answer.text()[:400]}")
        return answer.json() if answer.body else None

    def ask(self, role, method, path, body=None, headers=()):
        headers = list(headers)
        if role != "guest":
            headers.append(("Authorization", "Bearer " + self.tokens[role]))
        if isinstance(body, dict):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.append(JSON)
        return self.client.ask(method, f"/{self.name}{path}", headers, body)

    def sign_in(self, peers):
        for role in (*ROLES, "staff"):
            form = urllib.parse.urlencode({"login": self.login(role), "password": PASSWORD})
            answer = self.client.ask("POST", f"/{self.name}/sign-in", [
                FORM, ("X-Forwarded-For", f"10.9.0.{next(peers)}"),
                ("User-Agent", f"{self.prefix}zqagent")], form.encode())
            found = re.search("session=([^;]+)", answer.header("Set-Cookie"))
            if not found:
                raise Fault(f"{role} cannot sign in: {answer.status}")
            self.cookies[role] = found[1]

    def read_document(self, role):
        return self.api(role, "GET", "/openapi.json")

    def plant(self, server, imports, peers):
        """A bit of everything; imports: how many, the last two of which say something."""
        self.client = Client(server.port)
        self.sign_in(peers)
        self.document = self.read_document("staff")
        public = {name: schema.get("properties", ()) for name, schema in
                  self.read_document("guest")["components"]["schemas"].items()}
        shape = Marked(self.document, public, self.prefix)
        self.registers = sorted({path.split("/")[2] for path in self.document["paths"]
                                 if path.startswith("/registers/") and path.endswith("/records")})
        self.lists = self.document["paths"]["/lists/{list}"]["get"]["parameters"][0]["schema"]["enum"]
        for name in self.lists:
            shape.codes[name] = [one["code"] for one in self.api("staff", "GET", "/lists/" + name)["codes"]]
        self.plant_records(shape)
        self.shape = shape
        for register in ("base.person", "housing.house"):
            self.plant_file(register, self.records[register][0])
        for number in range(imports):
            self.plant_import(number)
        self.plant_document()
        self.plant_flow()
        self.plant_draft()
        self.plant_case()
        self.plant_charge()
        self.plant_meetings()
        self.publish()
        self.page("admin", "/admin/settings", title=self.title, contact=f"{self.prefix}zqpub")
        self.page("clerk", f"/registers/base.person/{self.records['base.person'][0]}/account",
                  login=self.login("spare"), seen="1")

    def publish(self):
        """Also reads what both have from above."""
        self.folder.call("publication", "put", self.name, "base.street")
        self.folder.call("publication", "issue", self.name, "base.street", "--note",
                         f"{self.prefix}zqvalue")
        self.folder.call("subscription", "take", self.name, "base.street")
        self.folder.call("peer", "put", self.name, f"{self.prefix}zqreader",
                         f"{self.prefix}zqpeer", "--account", self.login("staff"))
        self.folder.call("report", "send", self.name)
        self.api("staff", "PUT", f"/subscriptions/base.street/records/{self.above[0]}/own",
                 {"data": {"name": f"{self.prefix}zqown"}}, [("If-Match", "*")])
        self.propose()

    def propose(self):
        """A correction for the one above, and one from a municipality below."""
        change = {"data": {"name": f"{self.prefix}zqproposed"}, "reason": f"{self.prefix}zqreason"}
        self.api("staff", "POST", f"/subscriptions/base.street/records/{self.above[0]}/proposals", change)
        below = f"{self.name}-below"
        self.folder.prepare("tenant", "create", below, f"{self.prefix}zqbelow", "--packs", PACKS,
                         "--parent", self.name)
        self.folder.prepare("user", "create", below, "data", f"{self.prefix}zqbelow", "--password",
                         PASSWORD, "--roles", "data")
        token = self.folder.prepare("user", "token", below, "data", "tests")
        self.folder.call("subscription", "take", below, "base.street")
        answer = self.client.ask(
            "POST", f"/{below}/api/v1/subscriptions/base.street/records/"
            f"{self.records['base.street'][0]}/proposals",
            [("Authorization", "Bearer " + token), JSON],
            json.dumps({"data": {"name": f"{self.prefix}zqfrombelow"},
                        "reason": f"{self.prefix}zqreason"}).encode())
        if answer.status != 201:
            raise Fault(f"a proposal from below: {answer.status} {answer.text()[:400]}")
        end = time.monotonic() + 60
        while not (self.api("staff", "GET", "/proposals?direction=received")["proposals"] and
                   self.api("staff", "GET", "/proposals?direction=own&state=open")["proposals"]):
            if time.monotonic() > end:
                raise Fault("a proposal takes more than 60 s")
            time.sleep(0.02)

    def page(self, role, path, **form):
        answer = self.ask(role, "POST", path, urllib.parse.urlencode(form).encode(), [FORM])
        if answer.status != 303:
            raise Fault(f"POST {path}: {answer.status} {answer.text()[:2000]}")

    def plant_records(self, shape):
        waiting = list(self.registers)
        while waiting:
            name = waiting.pop(0)
            needed = self.document["components"]["schemas"][name + ".new_data"]
            if not all(shape.can_make(needed["properties"][field]) for field in needed["required"]):
                waiting.append(name)
                continue
            ids = [self.plant_record(shape, name) for _ in range(PER_REGISTER)]
            self.api("staff", "DELETE", f"/registers/{name}/records/{ids[-1]}",
                     headers=[("If-Match", "*")])
            self.records[name] = ids
            shape.refs[name] = ids[:-1]

    def plant_record(self, shape, name):
        """Made, and then changed, so that it has a history."""
        path = f"/registers/{name}/records"
        one = self.api("staff", "POST", path, {"data": shape.make_data(name)},
                       [("Idempotency-Key", f"{self.prefix}zqkey{shape.random.getrandbits(50)}")])["id"]
        data = {key: value for key, value in shape.make_data(name).items()
                if isinstance(value, str) and "zq" in value}
        self.api("staff", "PATCH", f"{path}/{one}", {"data": data},
                 [("If-Match", "*")])
        return one

    def plant_flow(self):
        """One on its way, with a timer, a task somebody has taken, and a message nobody waits for."""
        flow = self.api("clerk", "POST", "/flows", {
            "process": "housing.inspection", "register": "housing.house",
            "record": self.records["housing.house"][0],
            "data": {"complaint": f"{self.prefix}zqcomplaint"}})["id"]
        waits = self.api("data", "GET", f"/flows/{flow}")["waits"]
        self.tasks = [str(wait["task"]) for wait in waits if wait["kind"] == "task"]
        self.api("clerk", "POST", f"/flows/{flow}/tasks/{self.tasks[0]}/claim", {})
        self.api("data", "POST", "/messages", {"message": f"{self.prefix}zqmessage", "key": "17",
                                               "data": {"text": f"{self.prefix}zqpaid"}})

    def plant_document(self):
        """A letter with a number, which a flow made."""
        flow = self.api("clerk", "POST", "/flows", {
            "process": "housing.inspection", "register": "housing.house",
            "record": self.records["housing.house"][0],
            "data": {"complaint": f"{self.prefix}zqletter"}})["id"]
        for data in ({"damage": 5, "people_at_risk": False}, {"answer": f"{self.prefix}zqanswer"}):
            waits = self.api("data", "GET", f"/flows/{flow}")["waits"]
            task = next(wait["task"] for wait in waits if wait["kind"] == "task")
            self.api("clerk", "POST", f"/flows/{flow}/tasks/{task}/answer", {"data": data})

    def plant_draft(self):
        self.api("staff", "PUT", f"/packs/housing/draft/tests/isolated.case",
                 {"text": f"# {self.prefix}zqdraft\n"}, [("If-Match", '"new"')])

    def plant_case(self):
        """What a resident has ordered, is asked about, and has begun to fill in again."""
        apply = "/services/greenery.felling/apply"
        steps = ({"reason": "dry"}, {"place": f"{self.prefix}zqplace", "plot": "town"},
                 {"kind": "poplar", "trees": "1", "diameter": "40"}, {},
                 {"applicant_name": f"{self.prefix}zqapplicant", "applicant_contact": "1"})
        for number, form in enumerate(steps, 1):
            self.page("resident", f"{apply}/{number}", **form)
        case = re.search(r'name="number" value="(\w{13})"',
                         self.ask("resident", "GET", apply + "/check").text())[1]
        self.page("resident", apply + "/send", number=case)
        one = self.api("clerk", "GET", f"/cases/{case}")
        # Whoever it was assigned to: staff manages the process.
        self.api("staff", "POST", f"/flows/{one['flow']}/tasks/{one['tasks'][0]['task']}/answer",
                 {"data": {"is_complete": False, "lacks": f"{self.prefix}zqlacks"}})
        self.tasks.append(str(self.api("clerk", "GET", f"/cases/{case}")["tasks"][0]["task"]))
        self.page("resident", f"/my/cases/{case}/messages", text=f"{self.prefix}zqasks")
        self.plant_file("greenery.application", case)
        for number, form in enumerate(steps[:2], 1):
            self.page("resident", f"{apply}/{number}", **form)

    def plant_charge(self):
        """A case that waits for a payment."""
        self.page("admin", "/admin/payments", payee_name=f"{self.prefix}zqpayee",
                  uin_head=str(188 + sum(map(ord, self.prefix)) % 700))
        case = self.api("clerk", "POST", "/services/greenery.felling/applications", {"data": {
            "reason": "building", "place": f"{self.prefix}zqplace", "plot": "town", "kind": "pine",
            "trees": 1, "diameter": 30, "applicant_name": f"{self.prefix}zqpayer",
            "applicant_contact": "1"}})["id"]
        answers = (("clerk", {"is_complete": True}),
                   ("clerk", {"condition": "sound", "measured_trees": 1, "measured_diameter": 30}),
                   ("head", {"is_granted": True}))
        for role, data in answers:
            one = self.api("clerk", "GET", f"/cases/{case}")
            path = f"/api/v1/flows/{one['flow']}/tasks/{one['tasks'][0]['task']}/answer"
            # It was assigned to one of those who have the role.
            if not any(self.ask(who, "POST", path, {"data": data}).status == 200
                       for who in (role, "staff")):
                raise Fault(f"nobody may answer {path}")

    def plant_meetings(self):
        """A commission has met, and meets again; something waits besides."""
        path = "/commissions/council.board/meetings"
        for number in range(3):
            self.api("clerk", "POST", "/services/council.plea/applications", {"data": {
                "name": f"{self.prefix}zqplea{number}"}})
            if number == 2:
                continue
            meeting = self.api("staff", "POST", path, {
                "form": "absent", "until": "2100-01-01T00:00:00Z"})
            one, question = f"/meetings/{meeting['id']}", meeting["questions"][0]["id"]
            self.api("staff", "PUT", f"{one}/questions/{question}", {
                "version": meeting["version"], "said": f"{self.prefix}zqsaid"})
            made = self.api("staff", "PUT", f"{one}/questions/{question}/vote", {"vote": "for"})
            if number == 0:
                self.api("staff", "POST", f"{one}/close", {"version": made["version"]})

    def plant_file(self, register, record):
        made = self.api("staff", "POST", f"/registers/{register}/records/{record}/files?name="
                        f"{self.prefix}zqfile.txt", f"{self.prefix}zqbytes".encode(),
                        [("Content-Type", "text/plain")])
        self.files.setdefault(record, []).append(made["id"])

    def plant_import(self, number):
        lines = f'{{"surname": "{self.prefix}zqimport", "name": "{number}", "born_on": ' \
                f'"{self.prefix}zqvalue"}}\n{{"surname": "{self.prefix}zqimport{number}", "name": "N"}}\n'
        body = ('--i\r\nContent-Disposition: form-data; name="file"; filename="'
                f'{self.prefix}zqname{number}.ndjson"\r\n\r\n{lines}\r\n--i--\r\n').encode()
        one = self.api("data", "POST", "/registers/base.person/imports", body,
                       [("Content-Type", "multipart/form-data; boundary=i")])["id"]
        job = self.api("data", "POST", f"/imports/{one}/check", {})["job"]
        self.wait(job)
        if number % 2:
            job = self.api("data", "POST", f"/imports/{one}/start", {})["job"]
            self.wait(job)
        self.imports.append(str(one))

    def wait(self, job):
        end = time.monotonic() + 60
        while self.api("data", "GET", "/jobs/" + job)["status"] not in ("done", "failed"):
            if time.monotonic() > end:
                raise Fault("an import takes more than 60 s")
            time.sleep(0.02)

    def rest(self):
        """Until nothing goes on by itself, nor will within the next minutes."""
        end = time.monotonic() + 60
        while True:
            rows = self.folder.open_rows(self.name)
            found = rows.execute("SELECT id FROM job WHERE status = 'running' OR (status = 'waiting'"
                                 f" AND due_at < {int(time.time() * 1000) + 600000})").fetchall()
            rows.close()
            if not found:
                return
            if time.monotonic() > end:
                raise Fault("jobs take more than 60 s")
            time.sleep(0.1)

    def import_lines(self, register, lines):
        """Imports a file as the page does; what was wrong with it, as the API tells."""
        body = ('--i\r\nContent-Disposition: form-data; name="file"; filename="theirs.ndjson"\r\n\r\n'
                + "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
                + "\r\n--i--\r\n").encode()
        one = self.api("data", "POST", f"/registers/{register}/imports", body,
                       [("Content-Type", "multipart/form-data; boundary=i")])["id"]
        for step in ("check", "start"):
            self.wait(self.api("data", "POST", f"/imports/{one}/{step}", {})["job"])
        return one

    # What the database holds.

    def tables(self):
        if self.folder.database:
            found = self.folder.database.ask(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE"
                " a.attname = 'tenant' AND c.relkind = 'r' AND c.relnamespace = 'uprava'::regnamespace")
            return sorted(found.split())
        rows = self.folder.open_rows(self.name)
        found = rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                             " AND sql LIKE '%tenant bigint%'").fetchall()
        rows.close()
        return sorted(name for (name,) in found)

    def dump(self):
        """table → rows as texts; not when a session was last seen, nor its journal's signatures,
        which the server adds at its time."""
        rows = self.folder.open_rows(self.name)
        if not self.folder.database:
            rows.row_factory = sqlite3.Row
            found = {table: sorted(repr([(k, one[k]) for k in one.keys() if k != "seen_at"])
                                   for one in rows.execute(f"SELECT * FROM {table}"))
                     for table in self.tables()}
        else:
            found = {table: sorted(re.sub(r'"seen_at":\d+', "", repr(one))
                                   for one in rows.execute(f"SELECT * FROM {table}"))
                     for table in self.tables()}
        rows.close()
        found.pop("journal_anchor")
        return found

    def read_ids(self):
        """What names a thing of the town: class → texts as addresses have them."""
        rows = self.folder.open_rows(self.name)

        def ids(sql):
            return [id_text(one) for (one,) in rows.execute(sql).fetchall()]

        found = {
            "record": [one for ids_ in self.records.values() for one in ids_],
            "account": ids("SELECT id FROM account WHERE id > 0"),
            # Those of other kinds are put away when the next of their kind is put.
            "job": ids("SELECT id FROM job WHERE id IN (SELECT job FROM import)"),
            "case": ids("SELECT id FROM service_case"),
            "flow": ids("SELECT id FROM flow"),
            "message": ids("SELECT id FROM flow_post"),
            "document": ids("SELECT id FROM document"),
            "document address": [id_text(one) + id_text(secret) for one, secret in rows.execute(
                "SELECT id, secret FROM document").fetchall()],
            "receipt": [id_text(one) + secret for one, secret in rows.execute(
                "SELECT service_case, body FROM service_case_event WHERE kind = 'registered'"
                ).fetchall()],
            "charge": [one for (one,) in rows.execute("SELECT uin FROM charge").fetchall()],
            "meeting": ids("SELECT id FROM meeting"),
            "question": ids("SELECT id FROM commission_question"),
            "file": [one for ids_ in self.files.values() for one in ids_],
            "import": self.imports[-2:],
            "proposal": [one for (one,) in rows.execute(
                "SELECT uuid FROM proposal ORDER BY is_own, uuid").fetchall()],
            "digest": [one for (one,) in rows.execute("SELECT digest FROM session").fetchall()],
            "bytes": [one for (one,) in rows.execute("SELECT digest FROM attachment").fetchall()],
        }
        rows.close()
        return found
