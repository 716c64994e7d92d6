"""Clients that bring flows from begin to end and remember how far each was acknowledged.

A flow belongs to one client, so which step it is at is known exactly: the one acknowledged last
or, when an answer was still owed at the kill, that or the next.
"""
import asyncio
import random

from load import Connection, Lost

# What waits after each step, who answers it, with what; the third one changes a record.
STEPS = {
    1: ("visit", "clerk", {"damage": 70, "people_at_risk": False}),
    2: ("confirm", "head", {"is_confirmed": True}),
    3: ("reply", "clerk", {"answer": "Дом признан аварийным"}),
}
ANSWERED = 4  # its letter has a number, and comes with the next step, which nobody is asked for
LAST = 5
LETTER_S = 60  # by then the job has made it, whatever was killed


class Flow:
    def __init__(self, key, body):
        self.key, self.body = key, body
        self.id = None  # once acknowledged
        self.step = 0   # likewise
        self.pending = None


class FlowWriter:
    """One client over all restarts; the same words as load.Writer."""

    def __init__(self, number, tenant, seed, tokens):
        self.number = number
        self.base = f"/{tenant}/api/v1"
        self.tokens = tokens
        self.random = random.Random(f"{seed}-flow-{number}")
        self.records = []  # those of the other writers are compared with the journal
        self.flows = []
        self.touched = set()
        self.houses = 0  # each flow has one of its own, so that its mark tells of this flow
        self.acknowledged = 0
        self.faults = []

    def fault(self, flow, what):
        self.faults.append(f"flow {flow.id or flow.key}: {what}"[:600])

    async def run(self, connection):
        others = {role: Connection(connection.port, token) for role, token in self.tokens.items()}
        others["clerk"] = connection
        try:
            while True:
                await self.advance(others)
        except Lost:
            pass
        finally:
            for one in others.values():
                one.close()

    async def advance(self, connections):
        open_flows = [flow for flow in self.flows[-20:] if flow.id and flow.step < ANSWERED]
        if not open_flows or self.random.random() < 0.3:
            await self.begin(connections["clerk"])
        else:
            await self.answer(connections, self.random.choice(open_flows))

    async def make_house(self, connection, name):
        status, _, answer = await connection.ask(
            "POST", f"{self.base}/registers/housing.house/records",
            {"data": {"code": name, "address_text": f"ул. Мира, {name}"}},
            [("Idempotency-Key", f"house-{name}")])
        if status != 201:
            self.faults.append(f"house {name}: POST is answered {status}: {answer}")
        return answer.get("id")

    async def begin(self, connection):
        self.houses += 1
        name = f"{self.number}-{self.houses}"
        house = await self.make_house(connection, name)
        flow = Flow(f"flow-{name}", {"process": "housing.inspection", "register": "housing.house",
                                     "record": house, "data": {"complaint": "Трещина"}})
        flow.pending = "begin"
        self.flows.append(flow)
        self.touched.add(flow)
        await self.post(connection, flow)

    async def post(self, connection, flow):
        status, _, answer = await connection.ask("POST", f"{self.base}/flows", flow.body,
                                                 [("Idempotency-Key", flow.key)])
        if status != 201:
            self.fault(flow, f"POST is answered {status}: {answer}")
        elif flow.id is None:
            flow.id, flow.step, flow.pending = answer["id"], answer["step"], None
            self.acknowledged += 1
        elif answer["id"] != flow.id:
            self.fault(flow, f"its repeated POST began {answer['id']}: doubled")

    async def read(self, connection, flow):
        status, _, answer = await connection.ask("GET", f"{self.base}/flows/{flow.id}")
        if status != 200:
            self.fault(flow, f"step {flow.step} was acknowledged, and now: {status} {answer}")
            return None
        return answer

    async def answer(self, connections, flow):
        element, role, data = STEPS[flow.step]
        there = await self.read(connections["clerk"], flow)
        if there is None:
            return
        waits = [wait for wait in there["waits"] if wait["element"] == element]
        if there["step"] != flow.step or len(waits) != 1:
            self.fault(flow, f"step {flow.step} was acknowledged, and now it is {there}")
            return
        flow.pending = element
        self.touched.add(flow)
        status, _, answer = await connections[role].ask(
            "POST", f"{self.base}/flows/{flow.id}/tasks/{waits[0]['task']}/answer",
            {"data": data}, [("If-Match", f'"{flow.step}"')])
        expected = (ANSWERED, LAST) if flow.step + 1 == ANSWERED else (flow.step + 1,)
        if status != 200 or answer["step"] not in expected:
            self.fault(flow, f"{element} is answered {status}: {answer}")
            return
        flow.step, flow.pending = answer["step"], None
        self.acknowledged += 1

    # After a restart.

    async def check(self, connection, is_full):
        older = [flow for flow in self.flows if flow not in self.touched]
        if not is_full:
            older = self.random.sample(older, min(5, len(older)))
        for flow in [*self.touched, *older]:
            await self.check_flow(connection, flow)
        self.touched = set()

    async def check_flow(self, connection, flow):
        if flow.id is None:
            flow.pending = None
            await self.post(connection, flow)
            return
        there = await self.read(connection, flow)
        for _ in range(LETTER_S * 5):
            if there is None or there["step"] != ANSWERED:
                break
            await asyncio.sleep(0.2)
            there = await self.read(connection, flow)
        if there is None:
            return
        owed = 1 if flow.pending else 0
        reached = flow.step + owed
        if not flow.step <= there["step"] <= (LAST if reached == ANSWERED else reached):
            self.fault(flow, f"step {flow.step} was acknowledged ({owed} owed), and now {there}")
            return
        flow.step, flow.pending = there["step"], None
        if there["state"] != ("ended" if flow.step == LAST else "running"):
            self.fault(flow, f"after step {flow.step} it is {there['state']}")
        if flow.step < ANSWERED and STEPS[flow.step][0] not in [w["element"] for w in there["waits"]]:
            self.fault(flow, f"after step {flow.step} it waits at {there['waits']}")
        await self.post(connection, flow)
        await self.check_house(connection, flow)

    async def check_house(self, connection, flow):
        """The record changes with the step that changes it, neither before nor without it; so it
        gets its letter."""
        house = f"{self.base}/registers/housing.house/records/{flow.body['record']}"
        status, _, answer = await connection.ask("GET", house)
        is_marked = status == 200 and answer["data"].get("is_emergency", False)
        if status != 200 or is_marked != (flow.step >= 3):
            self.fault(flow, f"after step {flow.step} its house is {answer}")
        status, _, answer = await connection.ask("GET", f"{house}/files")
        letters = [file for file in answer.get("files", []) if file["name"].endswith(".odt")]
        if status != 200 or len(letters) != (1 if flow.step == LAST else 0):
            self.fault(flow, f"after step {flow.step} its house has the files {answer}")


def read_rows(rows):
    """With nobody else at the file: every step is there once, and so is its entry."""
    found = compare_steps(rows, "housing", ANSWERED, LAST)
    twice = rows.execute("SELECT count(*) FROM (SELECT cause, record FROM journal WHERE action ="
                         " 'change' AND cause IN (SELECT id FROM flow) GROUP BY cause, record"
                         " HAVING count(*) > 1)").fetchone()[0]
    for series, year, last, count, most in rows.execute(
            "SELECT s.series, s.year, s.last, count(DISTINCT d.n), max(d.n) FROM document_series s"
            " JOIN document d ON d.series = s.series AND d.year = s.year GROUP BY 1, 2, 3"):
        if not last == count == most:
            found.append(f"{count} numbers of {series} {year}, up to {most}, counted to {last}")
    if twice:
        found.append(f"{twice} records were changed twice by one flow")
    return found


def compare_steps(rows, pack, answered, last_step):
    """Of the flows of a pack whose letter has its number behind one step, and is made with the next."""
    found = []
    for flow, step, count, last in rows.execute(
            "SELECT f.id, f.step, count(s.step), max(s.step) FROM flow f JOIN flow_step s"
            " ON s.flow = f.id WHERE f.pack = ? GROUP BY f.id, f.step", (pack,)):
        if not step == count == last:
            found.append(f"flow {flow} is at step {step} and has {count} up to {last}")
    noted = dict(rows.execute("SELECT cause, count(*) FROM journal WHERE action IN ('flow.begin',"
                              " 'flow.answer') GROUP BY cause"))
    steps = dict(rows.execute("SELECT id, step FROM flow WHERE pack = ?", (pack,)))
    found += [f"flow {flow} has {step} steps and {noted.get(flow)} entries"
              for flow, step in steps.items() if noted.get(flow) != min(step, answered)]
    letters = dict(rows.execute("SELECT flow, count(*) FROM document WHERE attachment IN"
                                " (SELECT id FROM attachment) GROUP BY flow"))
    found += [f"flow {flow} is at step {step} and has made {letters.get(flow, 0)} letters"
              for flow, step in steps.items() if letters.get(flow, 0) != (step == last_step)]
    numbered = dict(rows.execute("SELECT flow, count(*) FROM document GROUP BY flow"))
    found += [f"flow {flow} is at step {step} and has {numbered.get(flow, 0)} numbers"
              for flow, step in steps.items() if numbered.get(flow, 0) != (step >= answered)]
    return found
