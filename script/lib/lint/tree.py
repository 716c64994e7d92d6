"""The tree as the checks see it: files, C text without comments and strings, functions.

C is read roughly, on the strength of clang-format: a function's body begins with a brace
alone in column 0 and ends with one.
"""
import dataclasses
import functools
import pathlib
import re

SKIPPED = {"node_modules", ".git", "__pycache__"}
TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.S | re.X,
)


@dataclasses.dataclass
class Fault:
    path: pathlib.Path  # from the top of the tree
    line: int
    rule: str  # the word by which src/EXCEPTIONS names it
    name: str  # what it is about: a function, a header, a word
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text} [{self.rule} {self.name}]"


@dataclasses.dataclass
class Function:
    name: str
    head: str  # the declaration, on one line
    line: int
    body: str  # without comments and strings; the outer braces are not in it
    lines: int  # of the body


def blank(match):
    """The same number of lines and columns, and nothing that could be mistaken for code."""
    text = match.group(0)
    if match.lastgroup == "comment":
        return re.sub(r"[^\n]", " ", text)
    return text[0] + " " * (len(text) - 2) + text[-1]


class Source:
    def __init__(self, root, path):
        self.path = path.relative_to(root)
        self.module = self.path.parts[1]
        self.stem = path.stem
        self.is_header = path.suffix == ".h"
        self.text = path.read_text()

    @functools.cached_property
    def code(self):
        return TOKEN.sub(blank, self.text)

    @functools.cached_property
    def strings(self):
        """(line, text): each literal, the neighbours that C joins already joined."""
        found = []
        end = None
        for match in TOKEN.finditer(self.text):
            if match.lastgroup == "comment":
                continue
            joined = end is not None and not self.text[end : match.start()].strip()
            if match.lastgroup == "string":
                literal = match.group(0)[1:-1]
                if joined and found:
                    found[-1] = (found[-1][0], found[-1][1] + literal)
                else:
                    found.append((self.line_of(match.start()), literal))
                end = match.end()
            else:
                end = None
        return found

    @functools.cached_property
    def includes(self):
        """(line, bracket, header)"""
        return [
            (self.line_of(m.start()), m.group(1), m.group(2))
            for m in re.finditer(r'^#\s*include ([<"])([^">]+)', self.text, re.M)
        ]

    @functools.cached_property
    def functions(self):
        return list(self.read_functions())

    def line_of(self, at):
        return self.text.count("\n", 0, at) + 1

    def read_functions(self):
        lines = self.code.split("\n")
        at = 0
        while at < len(lines):
            if lines[at] == "{":
                first = at
                while first > 0 and lines[first - 1].strip(" ") and lines[first - 1][0] not in "}#":
                    first -= 1
                last = at + 1
                while last < len(lines) and lines[last] != "}":
                    last += 1
                head = " ".join(line.strip() for line in lines[first:at])
                name = re.search(r"(\w+)\s*\(", re.sub(r"\b[A-Z_]+\([^()]*\)", "", head))
                if name:
                    body = "\n".join(lines[at + 1 : last])
                    yield Function(name.group(1), head, first + 1, body, last - at - 1)
                at = last
            at += 1

    def declarations(self):
        """(line, name, parameters): the functions a header promises."""
        code = re.sub(r"^#.*?(?<!\\)$", lambda m: " " * len(m.group(0)), self.code, flags=re.M | re.S)
        for m in re.finditer(r"^(?:[A-Z_]+(?:\([^()]*\))? )*[a-z][\w ]*[ *](\w+)\(", code, re.M):
            if m.group(0).startswith("typedef"):
                continue
            yield self.line_of(m.start()), m.group(1), parameters(code, m.end() - 1)


def parameters(code, at):
    """How many parameters stand between the parenthesis at `at` and its partner."""
    depth = commas = 0
    end = at
    while end < len(code):
        if code[end] == "(":
            depth += 1
        elif code[end] == ")":
            depth -= 1
            if depth == 0:
                break
        elif code[end] == "," and depth == 1:
            commas += 1
        end += 1
    inside = code[at + 1 : end].strip()
    return 0 if inside in ("", "void") else commas + 1


class Tree:
    def __init__(self, root):
        self.root = root.resolve()

    def files(self, *patterns):
        for pattern in patterns:
            for path in sorted(self.root.glob(pattern)):
                inside = path.relative_to(self.root)
                if path.is_file() and not SKIPPED & set(inside.parts):
                    yield path

    @functools.cached_property
    def sources(self):
        return [Source(self.root, p) for p in self.files("src/*/*.c", "src/*/*.h")]

    def read(self, name):
        path = self.root / name
        return path.read_text() if path.exists() else ""
