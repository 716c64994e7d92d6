"""A name is an address: what is public carries the name of its file.

Two liberties, both of which leave it findable.  A folder's front header, store/store.h, may
promise what any file of the folder does: tenant_write there is in tenant.c, and store_… may be
anywhere in the folder.  And num_local.c
or num_local.h may hold what is called num_…: it lies next to num.c.
"""
import re

from lint.tree import Fault

MACRO_HOMES = ("core", "store")


def check(tree):
    yield from check_stems(tree)
    for source in tree.sources:
        if source.is_header:
            yield from check_header(tree, source)
        else:
            yield from check_definitions(tree, source)
        yield from check_macros(source)
    yield from check_tests(tree)


def check_stems(tree):
    seen = {}
    for source in tree.sources:
        first = seen.setdefault(source.path.name, source.path)
        if first != source.path:
            text = f"the name is taken by {first}"
            yield Fault(source.path, 1, "unique", source.path.name, text)


def check_header(tree, source):
    if not re.match(r"/\*.*?\*/\s*#pragma once\n", source.text, re.S):
        text = "a header opens with a comment that says what it is, then #pragma once"
        yield Fault(source.path, 1, "opening", source.stem, text)

    stems = set(homes(tree, source))
    if source.stem == source.module:
        stems |= {s.stem for s in tree.sources if s.module == source.module}
    for at, name in promised(source):
        if not any((name.lower() + "_").startswith(stem + "_") for stem in stems):
            prefix = source.stem.upper() if name.isupper() else source.stem
            text = f"{name} should be called {prefix}_…"
            yield Fault(source.path, at, "name", name, text)


def promised(source):
    """(line, name): functions, structs with their members, enums and their values."""
    for line, name, _ in source.declarations():
        yield line, name
    for match in re.finditer(r"^(?:struct|enum) (\w+) \{", source.code, re.M):
        yield source.line_of(match.start()), match.group(1)
    for match in re.finditer(r"^enum(?: \w+)? \{(.*?)^\}", source.code, re.M | re.S):
        for value in re.finditer(r"^ +(\w+)(?: =[^,]*)?,?", match.group(1), re.M):
            yield source.line_of(match.start(1) + value.start(1)), value.group(1)


def check_definitions(tree, source):
    stems = homes(tree, source)
    for function in source.functions:
        is_public = not re.search(r"\bstatic\b", function.head) and function.name != "main"
        if is_public and not any((function.name + "_").startswith(s + "_") for s in stems):
            text = f"{function.name} is static, or should be called {source.stem}_…"
            yield Fault(source.path, function.line, "name", function.name, text)


def homes(tree, source):
    """The names a file may use: its own, and others that have a header beside it: the first
    words of its own, and the folder's name, which the front header carries."""
    stems = [source.module, source.stem]
    while "_" in stems[-1]:
        stems.append(stems[-1].rpartition("_")[0])
    folder = tree.root / source.path.parent
    return [s for s in stems if s == source.stem or (folder / f"{s}.h").exists()]


def check_macros(source):
    for match in re.finditer(r"^#\s*define (\w+)(\()?", source.code, re.M):
        name, is_function = match.group(1), match.group(2)
        line = source.line_of(match.start())
        if not name.isupper():
            yield Fault(source.path, line, "macro", name, f"{name}: macros are upper case")
        elif is_function and source.module not in MACRO_HOMES:
            text = f"{name}: macros with arguments live in core/ and store/ only; write a function"
            yield Fault(source.path, line, "macro", name, text)


def check_tests(tree):
    """tests/unit/test_x.c without a src/*/x.c would never be built."""
    stems = {s.stem for s in tree.sources if not s.is_header}
    for folder, prefix in (("unit", "test_"), ("fuzz", "fuzz_")):
        for path in tree.files(f"tests/{folder}/{prefix}*.c"):
            stem = path.stem.removeprefix(prefix)
            if stem not in stems:
                text = f"there is no src/*/{stem}.c, so this is never built"
                yield Fault(path.relative_to(tree.root), 1, "orphan", stem, text)
            elif folder == "fuzz" and not any((path.parent / "corpus" / stem).glob("*")):
                text = f"no corpus in tests/fuzz/corpus/{stem}/"
                yield Fault(path.relative_to(tree.root), 1, "orphan", stem, text)
