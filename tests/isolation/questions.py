"""What is asked: every address, with the ids of one municipality or another.

A pattern's * is filled by the word before it: a register's name, a record of that register, a
file of that record.  A * that no rule knows is filled with an id of every class, so that a new
route is asked without a change here.
"""
import collections
import datetime
import pathlib
import re
import urllib.parse

from serving import TOP
from town import ALPHABET, FORM, JSON, id_text

Fill = collections.namedtuple("Fill", "path ids")
BOX = "80,50,98,62"
MULTIPART = ("Content-Type", "multipart/form-data; boundary=q")
FORMATS = ("csv", "ndjson", "geojson")


def parameter_names(call):
    """Every name that the program's source asks a query or a form for."""
    text = "".join(path.read_text() for path in sorted(pathlib.Path(TOP / "src/web").glob("*.c")))
    return sorted(set(re.findall(r"\b" + call + r"\w*\([^;]*?STR\(\"([\w.]+)\"\)", text)))


def choices(town, ids, segments, at, one_of_each):
    """What may stand for the * at that place: (text, whether it is an id of the town)."""
    before = segments[at - 1]
    if before in ("registers", "subscriptions", "publications", "editions", "links"):
        return [(name, False) for name in town.registers]
    if before == "find":
        return [("territory", False)]   # a field that refers to another record
    if before == "readers":
        return [(f"{town.prefix}zqreader", True)]
    if before == "reports":
        return [((datetime.date.today() + datetime.timedelta(days)).isoformat(), False)
                for days in (0, 1)]   # the municipality's clock is ahead
    if at > 1 and segments[at - 2] == "reports":
        return [("1", False)]
    if before == "lists":
        return [(name, False) for name in town.lists[:2]]
    if before == "draft" or (at > 1 and segments[at - 2] == "workshop"):
        return [("tests", False)]
    if before == "tests":
        return [("isolated.case", False)]   # both have one, each with its own words
    if before == "services":
        return [("greenery.felling", False)]
    if before == "commissions":
        return [("council.board", False)]
    if before in ("meetings", "questions"):
        return [(one, True) for one in ids[before[:-1]]]
    if before == "apply":
        return [("1", False)]
    if before == "cases":
        return [(one, True) for one in ids["case"]]
    if before in ("packs", "offers", "workshop"):
        return [(name, False) for name in town.packs]
    if at > 1 and "subscriptions" in segments[:at]:
        return [(one, False) for one in town.above]   # published to both
    if at > 1 and (before in town.registers or before == "records"):
        register = before if before in town.registers else segments[at - 2]
        known = town.records.get(register, [])
        return [(one, True) for one in (known[:1] if one_of_each else known[:1] + known[-1:])]
    if before == "proposals":
        return [(one, True) for one in ids["proposal"]]
    if segments[-2:] == ["work", "tasks"]:
        return [(one, True) for one in ids["flow"]]
    if "work" in segments and segments[at - 2] == "tasks":
        return [(one, False) for one in town.tasks]
    if before in ("flows", "messages"):
        return [(one, True) for one in ids[before[:-1]]]
    if before == "tasks":
        return [(one, False) for one in town.tasks]
    if before == "files":
        known = town.files.get(segments[at - 2])
        return [(one, True) for one in known or ids["file"][:1]]
    return [(one, True) for name in sorted(ids) for one in ids[name][:1]] + \
        ([] if one_of_each else [(town.login("clerk"), True)])


def fill(town, ids, pattern, one_of_each=False):
    """The addresses of a pattern with * or {name}."""
    segments = re.sub(r"\{[^}]*\}", "*", pattern).split("/")
    found = [([], ())]
    for at, segment in enumerate(segments):
        longer = []
        for path, sent in found:
            if segment != "*":
                longer.append((path + [segment], sent))
                continue
            longer += [(path + [text], sent + ((text,) if is_id else ()))
                       for text, is_id in choices(town, ids, path, at, one_of_each)]
        found = longer
    return [Fill("/".join(path), sent) for path, sent in found]


def unknown(text, number):
    """An id of the same shape that nothing has."""
    if text.isdigit():
        return str(70000 + number)
    if re.fullmatch(f"[{ALPHABET}]{{13}}", text):
        return text[:-4] + id_text(number + 700000)[-4:]   # beside it, so that it sorts alike
    if re.fullmatch("[0-9a-f]{64}", text):
        return f"f{number:063x}"   # no number of anything, whatever its zeros
    if len(text) == 43:
        return f"z{number:042d}"
    return f"nobody-{number}"


def multipart(text):
    return (f'--q\r\nContent-Disposition: form-data; name="file"; filename="a.ndjson"\r\n\r\n{text}'
            '\r\n--q--\r\n').encode()


def body_of(route):
    """What a route is sent when nothing better is known; NOBODY is somebody else each time."""
    if route["method"] in ("GET", "DELETE"):
        return None, []
    if route["is_file"]:
        return multipart('{"surname": "Зареченский"}'), [MULTIPART]
    if route["pattern"].startswith("/api/"):
        return b'{"data": {}}', [JSON]
    return b"login=NOBODY", [FORM]


def variants(route, word):
    """What a page may be asked for beside its address; word: something that only one town has."""
    if route["method"] != "GET":
        return [""]
    found = ["", f"?bbox={BOX}", "?q=" + urllib.parse.quote(word)]
    if "export" in route["pattern"]:
        found += [f"?format={name}" for name in FORMATS]
    return found


def destroys(route):
    """What ends things goes last: 0, 1; 2 for what ends one's own session."""
    if route["pattern"].endswith("/sign-out"):
        return 2
    return int(route["method"] == "DELETE" or
               bool(re.search(r"/(delete|remove|undo|untie|end|block|stop|cancel)$", route["pattern"])))
