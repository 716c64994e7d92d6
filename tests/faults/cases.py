"""Clients that order a service, and the clerks who bring its cases to an end; they remember how far
each was acknowledged.

A case belongs to one client: on pages it is typed in, gets a file and is sent, by the applicant or
by staff at the desk; over the API it is sent with a key and gets its file afterwards.  So what may
stand on the server is known: what was acknowledged last or, when an answer was still owed at the
kill, that or the next.
"""
import asyncio
import hashlib
import random
import re
import urllib.parse

from flows import compare_steps
from load import Connection, Lost

SERVICE = "errand.errand"
REGISTER = "errand.application"
# What waits after each step of the flow, and who answers it.
STEPS = {1: ("check", "clerk", {"is_clear": True}), 2: ("decide", "head", {"is_done": True})}
ANSWERED = 3  # its letter has a number, and comes with the next step, which nobody is asked for
LAST = 4
LETTER_S = 60  # by then the job has made it, whatever was killed
EDGE = "kill-test-edge"
TYPED, FULL, FILED = 1, 2, 3  # how far an application is
PHOTO_BYTES = 20000


def make_writers(tenant, seed, tokens):
    """An application of an account is one at a time, so each on pages has an account of its own."""
    pages = [CaseWriter(role, tenant, seed, tokens) for role in ("resident", "clerk", "head")]
    return [*pages, ApiCaseWriter("data", tenant, seed, tokens)]


class Case:
    def __init__(self, name, photo):
        self.subject, self.note = f"Просьба {name}", f"Подробности {name}"
        self.key, self.photo = f"case-{name}", photo
        self.digest = hashlib.sha256(photo).hexdigest()
        self.stage = 0      # of the application; acknowledged, as all that follows
        self.form_number = None  # that of the form; of the case, once it is sent
        self.id = None      # sent, under which number
        self.number = None  # "2026-17"
        self.flow = None
        self.step = 0
        self.has_file = False
        self.pending = None  # what an answer is owed for


class CaseWriter:
    """One client over all restarts; the same words as load.Writer."""

    def __init__(self, role, tenant, seed, tokens):
        self.role = role
        self.town = f"/{tenant}"
        self.tokens = {name: tokens[name] for name in {role, "clerk", "head"}}
        self.random = random.Random(f"{seed}-case-{role}")
        self.records = []  # those of the other writers are compared with the journal
        self.cases = []
        self.touched = set()
        self.draft = None
        self.acknowledged = 0
        self.faults = []

    def fault(self, case, what):
        self.faults.append(f"case {case.id or case.key}: {what}"[:600])

    def open(self, port):
        return {role: Connection(port, token) for role, token in self.tokens.items()}

    async def run(self, connection):
        people = self.open(connection.port)
        connection.close()
        try:
            while True:
                await self.advance(people)
        except Lost:
            pass
        finally:
            for one in people.values():
                one.close()

    async def advance(self, people):
        waiting = [case for case in self.cases[-20:] if case.flow and case.step < ANSWERED]
        if self.draft or not waiting or self.random.random() < 0.3:
            await self.apply(people[self.role])
        else:
            await self.answer(people, self.random.choice(waiting))

    def new_case(self):
        case = Case(f"{self.role}-{len(self.cases)}", b"\xff\xd8\xff\xe0" + self.random.randbytes(PHOTO_BYTES))
        self.cases.append(case)
        return case

    # Pages.

    async def page(self, connection, path, form=None, photo=None):
        """Status, place of the redirect, text."""
        headers, data = [], None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
            headers = [("Content-Type", "application/x-www-form-urlencoded")]
        if photo is not None:
            data = (f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
                    f"Content-Type: image/jpeg\r\n\r\n").encode() + photo + f"\r\n--{EDGE}--\r\n".encode()
            headers = [("Content-Type", f"multipart/form-data; boundary={EDGE}")]
        status, head, content = await connection.send(
            "GET" if data is None else "POST", self.town + path, data, headers)
        return status, head.get("location", ""), content.decode("utf-8", "replace")

    def form(self, place):
        return f"/services/{SERVICE}/apply/{place}"

    async def apply(self, connection):
        """One step more; each may be repeated."""
        if self.draft is None:
            self.draft = self.new_case()
        case = self.draft
        self.touched.add(case)
        if case.stage == FILED:
            await self.send(connection, case)
            return
        asked = [("1", {"subject": case.subject}, None, "/apply/2"),
                 ("2", {"note": case.note}, None, "/apply/check"),
                 ("files", None, case.photo, "/apply/2")][case.stage]
        status, place, text = await self.page(connection, self.form(asked[0]), asked[1], asked[2])
        if status != 303 or not place.endswith(asked[3]):
            self.fault(case, f"after stage {case.stage} the next is answered {status} {place} {text[-300:]}")
            return
        case.stage += 1
        self.acknowledged += 1

    async def send(self, connection, case):
        if case.key == case.pending:  # sent before; its number is known
            number = case.form_number
        else:
            status, place, text = await self.page(connection, self.form("check"))
            found = re.search(r'name="number" value="(\w{13})"', text)
            if status != 200 or not found or case.subject not in text or case.note not in text:
                self.fault(case, f"it was filled in, and its last page is {status} {place}")
                return
            number = case.form_number = found[1]
        case.pending = case.key
        if not await self.post(connection, case, number):
            return
        case.id, case.step, case.pending, case.has_file = number, 1, None, True
        self.draft = None
        self.acknowledged += 1
        await self.look(connection, case)

    async def post(self, connection, case, number):
        status, place, text = await self.page(connection, self.form("send"), {"number": number})
        # Residents are given a receipt, staff goes on with the case.
        if status == 303 and re.search(rf"(/my/cases/{number}/receipt|(?<!/my)/cases/{number})$", place):
            return True
        self.fault(case, f"its sending is answered {status} {place} {text[-300:]}")
        return False

    async def repeat(self, people, case):
        """The button is pressed once more: it is the case it is."""
        await self.post(people[self.role], case, case.id)

    async def check_draft(self, connection):
        """What was acknowledged of an application is there; what was owed is asked for again."""
        case = self.draft
        if case is None:
            return
        if case.pending:
            await self.send(connection, case)
            return
        pages = [await self.page(connection, self.form(step)) for step in ("1", "2")]
        for stage, page, text in ((TYPED, 0, case.subject), (FULL, 1, case.note), (FILED, 1, case.digest)):
            if case.stage >= stage and text not in pages[page][2]:
                self.fault(case, f"stage {case.stage} of its application was acknowledged, and {text}"
                                 f" is not there: {pages[page][0]} {pages[page][1]}")

    # What staff do, over the API.

    async def api(self, connection, path, method="GET", body=None, headers=()):
        status, _, answer = await connection.ask(method, f"{self.town}/api/v1/{path}", body, headers)
        return status, answer

    async def look(self, connection, case):
        """What a case is called and which flow it has, once it is known that it is there."""
        status, answer = await self.api(connection, f"cases/{case.id}")
        if status != 200 or case.number not in (None, answer["number"]):
            self.fault(case, f"it was sent as {case.number}, and now: {status} {answer}")
            return None
        case.number, case.flow = answer["number"], answer["flow"]
        return answer

    async def answer(self, people, case):
        element, role, data = STEPS[case.step]
        status, there = await self.api(people["clerk"], f"flows/{case.flow}")
        waits = [wait for wait in there.get("waits", []) if wait["element"] == element]
        if status != 200 or there["step"] != case.step or len(waits) != 1:
            self.fault(case, f"step {case.step} was acknowledged, and now it is {there}")
            return
        case.pending = element
        self.touched.add(case)
        status, answer = await self.api(people[role], f"flows/{case.flow}/tasks/{waits[0]['task']}/answer",
                                        "POST", {"data": data}, [("If-Match", f'"{case.step}"')])
        expected = (ANSWERED, LAST) if case.step + 1 == ANSWERED else (case.step + 1,)
        if status != 200 or answer["step"] not in expected:
            self.fault(case, f"{element} is answered {status}: {answer}")
            return
        case.step, case.pending = answer["step"], None
        self.acknowledged += 1

    # After a restart.

    async def check(self, connection, is_full):
        people = self.open(connection.port)
        try:
            await self.check_draft(people[self.role])
            older = [case for case in self.cases if case not in self.touched and case is not self.draft]
            if not is_full:
                older = self.random.sample(older, min(5, len(older)))
            for case in [*self.touched, *older]:
                if case is not self.draft and case.id:
                    await self.check_case(people, case)
            self.touched = set()
        finally:
            for one in people.values():
                one.close()

    async def check_case(self, people, case):
        if case.flow is None:
            await self.look(people["clerk"], case)
        status, flow = await self.api(people["clerk"], f"flows/{case.flow}")
        for _ in range(LETTER_S * 5):
            if status != 200 or flow["step"] != ANSWERED:
                break
            await asyncio.sleep(0.2)
            status, flow = await self.api(people["clerk"], f"flows/{case.flow}")
        there = await self.look(people["clerk"], case)  # only now: the letter comes by itself
        if there is None or status != 200:
            self.fault(case, f"step {case.step} was acknowledged, and now {status} {flow}")
            return
        reached = case.step + (1 if case.pending in ("check", "decide") else 0)
        if not case.step <= flow["step"] <= (LAST if reached == ANSWERED else reached):
            self.fault(case, f"step {case.step} was acknowledged ({case.pending} owed), and now {flow}")
            return
        case.step, case.pending = flow["step"], None
        self.compare(case, there, flow)
        await self.compare_file(people["clerk"], case, there)
        await self.repeat(people, case)

    def compare(self, case, there, flow):
        """Case, flow and events tell the same."""
        is_over = case.step == LAST
        kinds = [event["kind"] for event in there["events"]]
        letters = [file for file in there["files"] if file["name"].endswith(".odt")]
        if there["data"] != {"subject": case.subject, "note": case.note}:
            self.fault(case, f"its application is now {there['data']}")
        if there["state"] != ("granted" if is_over else "open") or (flow["state"] == "ended") != is_over:
            self.fault(case, f"after step {case.step} it is {there['state']}, its flow {flow['state']}")
        if kinds.count("registered") != 1 or kinds.count("decided") != is_over \
                or kinds.count("stage") != min(case.step, 2):
            self.fault(case, f"after step {case.step} it tells {kinds}")
        if len(letters) != is_over:
            self.fault(case, f"after step {case.step} it has the files {there['files']}")

    async def compare_file(self, connection, case, there):
        photos = [file for file in there["files"] if file["name"] == "photo.jpg"]
        if len(photos) > 1 or (case.has_file and not photos):
            self.fault(case, f"its file was acknowledged ({case.has_file}), and now: {there['files']}")
            return
        case.has_file = bool(photos)
        if photos:
            status, _, content = await connection.send(
                "GET", f"{self.town}/api/v1/registers/{REGISTER}/records/{case.id}/files/{photos[0]['id']}")
            if status != 200 or content != case.photo or photos[0]["sha256"] != case.digest:
                self.fault(case, f"its file is answered {status} with {len(content)} bytes, not as it was")


class ApiCaseWriter(CaseWriter):
    """The same for programs: sent at once with a key, its file comes afterwards."""

    async def apply(self, connection):
        lacks = [case for case in self.cases[-5:] if case.id and not case.has_file]
        case = lacks[0] if lacks else self.new_case()
        self.touched.add(case)
        if lacks:
            await self.attach(connection, case)
            return
        case.pending = case.key
        await self.post_case(connection, case)

    async def post_case(self, connection, case):
        body = {"data": {"subject": case.subject, "note": case.note}, "way": "phone"}
        status, answer = await self.api(connection, f"services/{SERVICE}/applications", "POST", body,
                                        [("Idempotency-Key", case.key)])
        if status != 201:
            self.fault(case, f"POST is answered {status}: {answer}")
        elif case.id is None:
            case.id, case.number, case.flow = answer["id"], answer["number"], answer["flow"]
            case.step, case.pending = 1, None
            self.acknowledged += 1
        elif (answer["id"], answer["number"]) != (case.id, case.number):
            self.fault(case, f"its repeated POST made {answer['id']}: doubled")

    async def attach(self, connection, case):
        path = f"{self.town}/api/v1/registers/{REGISTER}/records/{case.id}/files?name=photo.jpg"
        case.pending = "file"
        status, _, content = await connection.send("POST", path, case.photo,
                                                   [("Content-Type", "image/jpeg")])
        if status != 201:
            self.fault(case, f"its file is answered {status}: {content[:300]}")
            return
        case.has_file, case.pending = True, None
        self.acknowledged += 1

    async def check_draft(self, connection):
        for case in [case for case in self.touched if case.id is None]:
            case.pending = None
            await self.post_case(connection, case)

    async def repeat(self, people, case):
        await self.post_case(people[self.role], case)


def read_rows(rows):
    """With nobody else at the file: cases, their numbers, what happened to them, what was told."""
    found = compare_steps(rows, "errand", ANSWERED, LAST)
    numbers = [number for number, in rows.execute("SELECT number FROM service_case")]
    counted = rows.execute("SELECT year, last FROM document_series WHERE series = '-case'").fetchall()
    if sorted(numbers) != sorted(f"{year}-{n + 1}" for year, last in counted for n in range(last)):
        found.append(f"{len(numbers)} cases have {len(set(numbers))} numbers, counted to {counted}")
    found += [f"{count} {what}" for what, sql in FAULTS.items()
              for count, in rows.execute(sql) if count]
    return found


FAULTS = {
    "applications are no cases": f"""
        SELECT count(*) FROM record r JOIN register_no n ON n.no = r.register
        LEFT JOIN service_case c ON c.id = r.id WHERE n.name = '{REGISTER}' AND c.id IS NULL""",
    "cases have no application or no flow": """
        SELECT count(*) FROM service_case c LEFT JOIN record r ON r.register = c.register
        AND r.id = c.id LEFT JOIN flow f ON f.id = c.flow WHERE r.id IS NULL OR f.id IS NULL""",
    "flows have no case": """
        SELECT count(*) FROM flow f LEFT JOIN service_case c ON c.flow = f.id
        WHERE f.pack = 'errand' AND c.id IS NULL""",
    "applications are there twice": f"""
        SELECT count(*) FROM (SELECT 1 FROM record r JOIN register_no n ON n.no = r.register
        WHERE n.name = '{REGISTER}' GROUP BY json_extract(r.body, '$.subject') HAVING count(*) > 1)""",
    "cases do not have all that happened to them": """
        SELECT count(*) FROM (SELECT c.id FROM service_case c JOIN service_case_event e
        ON e.service_case = c.id GROUP BY c.id, c.last_event
        HAVING count(*) <> c.last_event OR max(e.no) <> c.last_event OR min(e.no) <> 1)""",
    "applicants were not told what they should, or twice": f"""
        SELECT count(*) FROM (SELECT c.id FROM service_case c JOIN flow f ON f.id = c.flow
        LEFT JOIN notice m ON m.flow = f.id GROUP BY c.id, c.applicant, f.step
        HAVING count(m.id) <> CASE WHEN c.applicant = 0 THEN 0 ELSE (f.step >= 2) + (f.step = {LAST}) END
        OR count(DISTINCT m.template) <> count(m.id))""",
}
