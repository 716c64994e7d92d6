"""The other way in: with what one municipality knows them by, at the address of another; and
forms of one that name things of another."""
import html
import re
import urllib.parse

from asking import STAFF_ROLES, plain, unpack
from questions import body_of, destroys, fill, parameter_names
from town import FORM

KEPT = {"csrf"}


def at_their_address(asking, prefix, roles, headers_too=()):
    """A cookie or token of ours is nobody's there: who brings it is answered as a guest is."""
    town = asking.victim
    secret = re.compile(town.prefix + "zq(?!pub)[a-z]*")
    for route in sorted(asking.routes, key=destroys):
        body, more = body_of(route)
        more = [*more, *headers_too]
        paths = [one.path for one in fill(town, asking.ids, route["pattern"], True)]
        first = paths[:1]
        for path in paths:   # as whoever may most; the first as everybody
            what = f"{route['method']} {prefix}{path}"
            guest = asking.ask(route["method"], prefix + path, more, body)
            for word in set(secret.findall(unpack(guest))) - {one for one in secret.findall(path)}:
                asking.fault(word, f"guest: {what}: {guest.status}, and in it {word}")
            for role in roles if path in first else ("staff",):
                answer = asking.ask(route["method"], prefix + path, more + asking.cookie(role), body)
                if plain(answer) != plain(guest):
                    asking.fault("session", f"{role} with a cookie: {what}: {answer.status}, and"
                                 f" {guest.status} for a guest: {plain(answer)[1][:300]}")
            if path not in first:
                continue
            for role in set(roles) - {"operator"}:
                answer = asking.ask(route["method"], prefix + path, more + asking.credentials(role),
                                    body)
                if answer.status != 401:
                    asking.fault("token", f"{role} with a token: {what}: {answer.status}")


def with_their_keys(asking):
    """What their people are known by opens nothing of ours."""
    town = asking.victim
    for role in STAFF_ROLES:
        for path in ("/account", "/api/v1/registers", "/my/"):
            token = asking.ask("GET", f"/{asking.asker.name}{path}",
                               [("Authorization", "Bearer " + town.tokens[role])])
            if token.status != 401:
                asking.fault("session", f"the token of {role}: {path}: {token.status}")
            guest = asking.ask("GET", f"/{asking.asker.name}{path}", [])
            cookie = asking.ask("GET", f"/{asking.asker.name}{path}",
                                [("Cookie", "session=" + town.cookies[role])])
            if plain(cookie) != plain(guest):
                asking.fault("session", f"the cookie of {role}: {path}: {cookie.status}")


def at_the_node(asking):
    """Nobody of a municipality is an operator."""
    for route in sorted(asking.operator_routes, key=destroys):
        body, more = body_of(route)
        path = "/node" + route["pattern"].replace("*", asking.victim.name)
        guest = asking.ask(route["method"], path, more, body)
        for role in STAFF_ROLES:
            cookie = asking.ask(route["method"], path, more + asking.cookie(role), body)
            if plain(cookie) != plain(guest):
                asking.fault("operator", f"{role}: {path}: {cookie.status}, a guest {guest.status}")
            token = asking.ask(route["method"], path, more + asking.credentials(role), body)
            if token.status != 401:
                asking.fault("operator", f"{role} with a token: {path}: {token.status}")


def in_forms(asking):
    """Every name that a form is read for, with an id of theirs; nothing of it may be found."""
    names = [one for one in parameter_names("request_field") if one not in KEPT]
    headers = asking.credentials("staff") + [FORM]
    bait = {kind: ids[0] for kind, ids in asking.ids.items()}
    asking.bait |= set(bait.values())
    for route in sorted(asking.routes, key=destroys):
        # What is done to our reader from another server ends the token that we come with, too.
        if route["method"] != "POST" or route["is_file"] or destroys(route) == 2 or \
                "/links/readers/*/" in route["pattern"] or \
                route["pattern"].startswith("/api/"):
            continue
        path = fill(asking.asker, asking.own_ids, route["pattern"], True)[0].path
        for name in names:
            for one in (bait["record"], bait["account"], asking.victim.login("resident")):
                body = urllib.parse.urlencode({name: one, "seen": "1"}).encode()
                answer = asking.ask("POST", f"/{asking.asker.name}{path}", headers, body)
                asking.look(f"POST {path} {name}={one}",
                            strip(answer, asking.victim.login("resident")), (one,))
    return len(names)


def strip(answer, text):
    """Without what was typed."""
    answer.body = unpack(answer).replace(text, "").encode()
    answer.headers = [(k, v) for k, v in answer.headers if k.lower() != "content-encoding"]
    return answer


def read_form(text):
    """name → value of a page's largest form."""
    found = {}
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.S):
        fields = {}
        for name, value in re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form):
            fields[name] = fields.get(name) or value
        if len(fields) > len(found):
            found = fields
    return {name: html.unescape(value) for name, value in found.items()}


def in_record_forms(asking):
    """A form of a record whose references lead to records of theirs is refused."""
    count = 0
    theirs = {own: asking.victim.records[register][0]
              for register, ids in asking.asker.records.items() for own in ids}
    headers = asking.credentials("staff")
    for register, ids in asking.asker.records.items():
        path = f"/{asking.asker.name}/registers/{register}/{ids[1]}/edit"
        fields = read_form(unpack(asking.ask("GET", path, headers)))
        for name, value in fields.items():
            if value not in theirs:
                continue
            count += 1
            body = urllib.parse.urlencode({**fields, name: theirs[value]}).encode()
            answer = asking.ask("POST", path, [*headers, FORM], body)
            asking.look(f"POST {path} {name}={theirs[value]}", answer, (theirs[value],))
            if answer.status < 400:
                asking.fault("refers", f"POST {path}: {answer.status} with {name} of another"
                             " municipality")
    return count


DETOURS = ("/{us}/../{them}", "/{us}/%2e%2e/{them}", "/{us}/..%2f{them}", "/{us}//{them}",
           "/{us}/./{them}", "//{them}", "/{them}%00", "/{them};{us}", "/{them}%2f..%2f{us}")


def by_detours(asking):
    """Addresses that could be read in two ways."""
    secret = re.compile(asking.victim.prefix + "zq(?!pub)[a-z]*")
    for detour in DETOURS:
        start = detour.format(us=asking.asker.name, them=asking.victim.name)
        for path in ("/registers/base.person", "/api/v1/registers/base.person/records",
                     "/admin/users", "/journal/"):
            for headers in (asking.credentials("staff"), asking.cookie("staff")):
                answer = asking.ask("GET", start + path, headers)
                for word in set(secret.findall(unpack(answer))):
                    asking.fault(word, f"GET {start}{path}: {answer.status}, and in it {word}")


def with_what_they_were_told(asking):
    """A cursor, a key of a request: what their answers and requests had, said to us."""
    us, them = asking.asker, asking.victim
    rows = them.folder.open_rows(them.name)
    keys = [one for (one,) in rows.execute("SELECT key FROM idempotency").fetchall()]
    rows.close()
    for register in us.registers:
        path = f"/registers/{register}/records"
        target = f"{path}?limit=1&cursor={urllib.parse.quote(asking.cursors[register])}"
        asking.look(target, us.ask("staff", "GET", "/api/v1" + target))
        lines = us.ask("staff", "GET", "/api/v1" + path, None, [("Accept", "application/x-ndjson")])
        asking.look(f"{path} as lines", lines)
    us.shape.word = "Имя"
    for key in keys:
        answer = us.ask("staff", "POST", "/api/v1/registers/base.territory/records",
                        {"data": us.shape.make_data("base.territory")}, [("Idempotency-Key", key)])
        asking.look(f"the key {key}", answer)
        if answer.status != 201:
            asking.fault("key", f"their key is known: {answer.status} {answer.text()[:300]}")


def in_imports(asking):
    """A file that refers to records of theirs: by id, and by what they are called."""
    for question in asking.later:
        asking.refer(*question)
    us, told = asking.asker, asking.house
    house = told["id"]
    lines = [{"house": house, "number": "1"}, {"house": told["title"], "number": "2"},
             {"house": told["data"]["code"], "number": "3"}]
    one = us.import_lines("housing.flat", lines)
    counts = us.api("data", "GET", f"/imports/{one}")["counts"]
    if counts["created"] != 0 or counts["wrong"] != len(lines):
        asking.fault("refers", f"an import found records of theirs: {counts}")
    typed = [told["title"], told["data"]["code"]]
    for path in (f"/imports/{one}", f"/imports/{one}/problems.csv", f"/api/v1/imports/{one}/errors"):
        answer = us.ask("data", "GET", path)
        for text in typed:
            answer = strip(strip(answer, html.escape(text)), text)
        asking.look(path, answer, (house,))


def kept(asking):
    """Ids of theirs that stand in records of ours."""
    rows = asking.asker.dump()
    ids = {one for name in ("record", "account", "file") for one in asking.ids[name]}
    return [f"{table}: {row[:300]}" for table in ("record", "history") for row in rows[table]
            if set(re.findall("[0-9a-hjkmnp-tv-z]{13}", row)) & ids]
