"""Holds the checklist of security measures to the program: the commands, options, addresses,
files and words of the interface that it sends people to are there."""
import json
import re
import subprocess

from serving import TOP, program

PAGE = TOP / "docs/manual/ru/security-checklist.md"
COMMON = {"--data", "--store"}   # options of every command that needs data
FILES = {"SHA256SUMS": "script/release", "node.key": "docs/reference/settings.md"}
# One in each kind of name that is nowhere: all have to be found.
PLANTED = ("`uprava planted`", "`uprava serve --planted`", "`/planted/`", "`etc/planted.service`",
           "**Посажено**", "журнал: «посажено»")


def ask(*words):
    return json.loads(subprocess.check_output([program(), "help", "--json", *words]))


class Names:
    def __init__(self):
        commands = ask()
        self.options = {one["name"]: set(one["options"]) | COMMON for one in commands}
        self.addresses = {("/node" if one["scope"] == "operator" else "") + one["pattern"]
                          for one in ask("routes")}
        text = (TOP / "ui/i18n/ru.po").read_text()
        self.words = set(re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', text, re.M))

    def knows(self, code):
        """Whether what stands in `` is there."""
        found = re.fullmatch(r"uprava ([a-z ]+?)(?: (--[a-z-]+))?", code)
        if found:
            return found[1] in self.options and \
                (found[2] is None or found[2] in self.options[found[1]])
        if code.startswith("--"):
            return any(code in options for options in self.options.values())
        if code.startswith("/"):
            return code in self.addresses
        if code in FILES:
            return code in (TOP / FILES[code]).read_text()
        if "/" in code and "*" not in code:
            suite = code.replace("script/test ", "tests/")
            return (TOP / suite).exists()
        return True

    def unknown(self, text):
        """What a text names and what is not there."""
        found = [code for code in re.findall(r"`([^`]+)`", text) if not self.knows(code)]
        bold = {one for one in re.findall(r"\*\*([^*]+)\*\*", text)
                if one[0].isupper() and not one.endswith(".")}
        said = set(re.findall(r"(?:журнал: |отбор |действие )«([^»]+)»", text, re.I))
        return found + sorted((bold | said) - self.words)


def faults():
    names = Names()
    yield from (f"there is no {one}" for one in names.unknown(PAGE.read_text()))
    yield from (f"{one} was not noticed" for one in PLANTED if not names.unknown(one))
