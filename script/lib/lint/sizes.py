"""The limits of the house: lines, parameters, nesting, READMEs."""
import collections
import re

from lint.tree import Fault, parameters

C_MAX = 600
HEADER_MAX = 150
FUNCTION_MAX = 80
PARAMETERS_MAX = 6
NESTING_MAX = 3
SCRIPT_LINE_MAX = 120
README_MAX = 80


def check(tree):
    for source in tree.sources:
        limit = HEADER_MAX if source.is_header else C_MAX
        count = source.text.count("\n")
        if count > limit:
            text = f"{count} lines; {limit} at most: is it one thing?"
            yield Fault(source.path, count, "lines", source.path.name, text)
        for line, name, count in source.declarations() if source.is_header else ():
            yield from check_parameters(source, line, name, count)
        for function in source.functions:
            yield from check_function(source, function)
    yield from check_readmes(tree)
    yield from check_scripts(tree)


def check_parameters(source, line, name, count):
    if count > PARAMETERS_MAX:
        text = f"{name} has {count} parameters; {PARAMETERS_MAX} at most: is there a struct in them?"
        yield Fault(source.path, line, "parameters", name, text)


def check_function(source, function):
    if function.lines > FUNCTION_MAX:
        text = f"{function.name} has {function.lines} lines; {FUNCTION_MAX} at most"
        yield Fault(source.path, function.line, "function", function.name, text)
    if re.search(r"\bstatic\b", function.head):  # the others are seen in their headers
        start = function.head.find("(", function.head.find(function.name))
        count = parameters(function.head, start)
        yield from check_parameters(source, function.line, function.name, count)
    depth = nesting(function.body)
    if depth > NESTING_MAX:
        text = f"{function.name} nests {depth} deep; {NESTING_MAX} at most"
        yield Fault(source.path, function.line, "nesting", function.name, text)


def nesting(body):
    """The deepest block of statements in braces; braces of values are not counted."""
    deepest = 0
    braces = []  # of each open brace: is it a block?
    brackets = []  # of each open parenthesis: does it belong to if, for, while, switch?
    before, closed_control = ";", False
    for token in re.findall(r"\w+|[(){};:]|[^\s\w]", body):
        if token == "(":
            brackets.append(before in ("if", "for", "while", "switch"))
        elif token == ")":
            closed_control = bool(brackets) and brackets.pop()
        elif token == "{":
            is_block = before in ("else", "do", ";", "{", "}", ":") or (
                before == ")" and closed_control
            )
            if before == "{" and braces and not braces[-1]:
                is_block = False
            braces.append(is_block)
            deepest = max(deepest, sum(braces))
        elif token == "}" and braces:
            braces.pop()
        before = token
    return deepest


def check_readmes(tree):
    for folder in sorted({s.path.parent for s in tree.sources}):
        readme = tree.root / folder / "README.md"
        if not readme.exists():
            text = "no README.md: purpose, types, a typical call, invariants, how to add one more"
            yield Fault(folder / "README.md", 1, "readme", folder.name, text)
        elif readme.read_text().count("\n") > README_MAX:
            text = f"more than {README_MAX} lines"
            yield Fault(folder / "README.md", README_MAX, "readme", folder.name, text)


def check_scripts(tree):
    """Scripts and the pages' own code have no such limits, but a line must be readable."""
    for path in tree.files("script/*", "script/lib/**/*", "ui/**/*.js"):
        try:
            lines = path.read_text().split("\n")
        except UnicodeDecodeError:
            continue
        inside = path.relative_to(tree.root)
        for number, line in enumerate(lines, 1):
            if len(line) > SCRIPT_LINE_MAX and "url(" not in line:
                text = f"{len(line)} columns; {SCRIPT_LINE_MAX} at most"
                yield Fault(inside, number, "columns", path.name, text)


def print_worst(tree):
    functions = [(f.lines, f"{s.path}:{f.line} {f.name}") for s in tree.sources for f in s.functions]
    files = [(s.text.count("\n"), str(s.path)) for s in tree.sources]
    included = collections.Counter(h for s in tree.sources for _, b, h in s.includes if b == '"')
    for title, rows in (
        ("longest functions", functions),
        ("largest files", files),
        ("most included headers", [(count, name) for name, count in included.items()]),
    ):
        print(title)
        for count, name in sorted(rows, reverse=True)[:10]:
            print(f"{count:6d}  {name}")
