"""Docs that hold: links lead somewhere, every page is on a shelf, the reference is whole."""
import os
import re

from lint.tree import Fault

PICTURE_BYTES_MAX = 100_000


def check(tree):
    yield from check_links(tree)
    yield from check_shelves(tree)
    yield from check_decisions(tree)
    yield from check_pictures(tree)


def check_links(tree):
    for path in tree.files("*.md", "docs/**/*.md", "src/**/*.md", "tests/**/*.md", "packs/**/*.md"):
        inside = path.relative_to(tree.root)
        text = re.sub(r"^```.*?^```", lambda m: "\n" * m.group(0).count("\n"), path.read_text(),
                      flags=re.M | re.S)
        for match in re.finditer(r"\]\(([^)\s]+)\)", text):
            target = match.group(1).split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            if not (path.parent / target).exists():
                line = text.count("\n", 0, match.start()) + 1
                yield Fault(inside, line, "link", target, f"{target} does not exist")


def check_shelves(tree):
    """docs/README.md names every page, so that nothing is found only by chance."""
    contents = tree.read("docs/README.md")
    linked = {os.path.normpath(t.split("#")[0]) for t in re.findall(r"\]\(([^)\s]+)\)", contents)}
    for path in tree.files("docs/**/*.md"):
        inside = path.relative_to(tree.root / "docs")
        if str(inside) == "README.md" or inside.parts[0] in ("decisions", "changes"):
            continue
        if str(inside) not in linked:
            text = "docs/README.md does not name it"
            yield Fault(path.relative_to(tree.root), 1, "shelf", str(inside), text)


def check_decisions(tree):
    """docs/decisions/NNNN-words.md, each number once."""
    seen = {}
    for path in tree.files("docs/decisions/*.md"):
        inside = path.relative_to(tree.root)
        if path.name == "README.md":
            continue
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name):
            yield Fault(inside, 1, "decision", path.name, "is called NNNN-words-of-it.md")
            continue
        number = path.name[:4]
        if number in seen:
            yield Fault(inside, 1, "decision", number, f"the number is taken by {seen[number]}")
        seen[number] = path.name


def check_pictures(tree):
    """docs/pictures/NAME.png: a page shows it, a browser test makes it, a slow line bears it."""
    made, shown = set(), set()
    for path in tree.files("tests/browser/*.mjs"):
        made |= set(re.findall(r"\bshot\('([\w-]+)'", path.read_text()))
    for path in tree.files("*.md", "docs/**/*.md"):
        shown |= set(re.findall(r"/pictures/([\w-]+)\.png\)", path.read_text()))
    for path in tree.files("docs/pictures/*"):
        inside, name = path.relative_to(tree.root), path.stem
        if name not in made:
            yield Fault(inside, 1, "picture", name, "no case of tests/browser makes it: shot('NAME')")
        if name not in shown:
            yield Fault(inside, 1, "picture", name, "neither the README nor a page of docs/ shows it")
        if path.stat().st_size > PICTURE_BYTES_MAX:
            yield Fault(inside, 1, "picture", name, f"has more than {PICTURE_BYTES_MAX} bytes")
