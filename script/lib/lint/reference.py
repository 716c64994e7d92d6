"""The reference is whole: every key a pack may have, and every command, has its entry."""
import json
import pathlib
import re

from lint.tree import Fault

PACKS = pathlib.Path("docs/reference/packs.md")
COMMANDS = pathlib.Path("docs/reference/cli.md")
PACK_READERS = ("src/pack/*.c", "src/auth/policy*.c", "src/registry/register_type*.c")

# Read by the engine, told by JSON Schema itself.
SCHEMA = set("type enum items properties required format minimum maximum maxLength".split())
SCHEMA |= {"multipleOf", "title", "description"}


def check(tree):
    yield from check_pack_keys(tree)
    yield from check_commands(tree)


def check_pack_keys(tree):
    """What shipped packs use and what the engine looks for stands in the page of the format."""
    told = told_words(tree, PACKS)
    asked = set()
    for path in tree.files("packs/*/pack.json", "packs/*/roles.json", "packs/*/registers/*.json"):
        inside = path.relative_to(tree.root)
        try:
            document = json.loads(path.read_text())
        except ValueError as error:
            yield Fault(inside, 1, "json", path.name, str(error))
            continue
        asked |= {(inside, key) for key in own_keys(path, document)}
    for path in tree.files(*PACK_READERS):
        keys = re.findall(r'json_\w+\([^"]*?STR\("([a-z][\w-]*)"\)', path.read_text())
        asked |= {(path.relative_to(tree.root), key) for key in keys}
    for path, key in sorted(asked):
        if key not in told and key not in SCHEMA:
            yield Fault(path, 1, "reference", key, f"{PACKS} does not tell the key {key}")


def own_keys(path, document):
    """The keys that are ours: JSON Schema's own are told elsewhere, names of fields nowhere."""
    if path.name == "pack.json":
        yield from document
    elif path.name == "roles.json":
        for role in document:
            yield from role
            yield from (key for grant in role.get("grants", ()) for key in grant)
    else:
        yield from annotations(document)


def annotations(value):
    if isinstance(value, dict):
        if isinstance(value.get("x-uprava"), dict):
            yield from value["x-uprava"]
        for inner in value.values():
            yield from annotations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from annotations(inner)


def told_words(tree, page):
    code = re.findall(r"`([^`\n]+)`|^```(.*?)^```", tree.read(page), re.M | re.S)
    return {word for pair in code for text in pair for word in re.findall(r"[\w-]+", text)}


def check_commands(tree):
    """A command of the table has its heading, its options stand under it, and none is left over."""
    page = tree.read(COMMANDS)
    sections = dict(re.findall(r"^### ([a-z -]+)\n(.*?)(?=^##|\Z)", page, re.M | re.S))
    table = pathlib.Path("src/cli/commands.c")
    commands = {
        name: set(re.findall(r'"(--[a-z-]+)"', row))
        for name, row in re.findall(
            r'^    \{"([a-z -]+)",(.*?cmd_\w+\},)', tree.read(table), re.M | re.S
        )
    }
    for name, options in commands.items():
        if name not in sections:
            text = f"{COMMANDS} has no heading ### {name}"
            yield Fault(table, 1, "reference", name.replace(" ", "-"), text)
            continue
        told = set(re.findall(r"`(--[a-z-]+)[ `]", sections[name]))
        for option in sorted(options - told):
            text = f"{COMMANDS} does not tell {option} of {name}"
            yield Fault(table, 1, "reference", option, text)
        for option in sorted(told - options):
            text = f"{option} of {name} is no option of the program"
            yield Fault(COMMANDS, 1, "reference", option, text)
    for name in sorted(sections.keys() - commands.keys()):
        text = f"{name} is no command of the program"
        yield Fault(COMMANDS, 1, "reference", name.replace(" ", "-"), text)
    yield from check_environment(tree, page)


def check_environment(tree, page):
    for source in tree.sources:
        for name in re.findall(r'\bgetenv\("(\w+)"\)', source.text):
            if f"`{name}`" not in page:
                text = f"{COMMANDS} does not tell the variable {name}"
                yield Fault(source.path, 1, "reference", name, text)
