"""Words that have no place: unsafe calls, allocation outside core/, SQL, HTML and packs in code."""
import re

from lint.tree import Fault

# Where a word is allowed; nowhere if the list is empty.
NOWHERE = ()
CORE = ("core",)
BANNED = {
    "strcpy strcat strncat sprintf vsprintf gets strtok alloca system popen atoi atol atoll atof "
    "rand srand setlocale mktemp tmpnam goto _Generic __typeof__ typeof longjmp setjmp": (
        NOWHERE,
        "is not used here",
    ),
    "malloc calloc realloc free strdup strndup asprintf vasprintf reallocarray posix_memalign": (
        CORE,
        "memory comes from arenas (core/arena.h)",
    ),
    "strtol strtoul strtoll strtoull strtod strtof sscanf": (
        CORE,
        "numbers are read by core/num.h, never by libc's locale",
    ),
    "localtime localtime_r gmtime gmtime_r mktime timegm strftime strptime time clock_gettime "
    "gettimeofday": (CORE, "time is told by core/time.h, and now is a parameter"),
    "printf puts putchar vprintf fprintf vfprintf fputs perror": (
        ("core", "cli"),
        "only cli prints; everything else returns an error or logs",
    ),
    "exit _exit": (("core", "cli"), "only main ends the process"),
}
CALLED = {"time", "free", "system", "exit", "gets", "rand", "puts"}
LEFT = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|not imple" r"mented")
SQL = re.compile(r"\s*(SELECT|INSERT (OR \w+ )?INTO|UPDATE|DELETE FROM|CREATE (TABLE|INDEX))\b")
FORMATTING = re.compile(r"\b(snprintf|buf_printf|buf_add|str_format|err_set)\s*\(\s*[^;\"]*$")
HTML = re.compile(
    r"</?(a|abbr|article|aside|b|body|br|button|div|dd|dl|dt|em|fieldset|footer|form|h[1-6]|head|"
    r"header|hr|html|i|img|input|label|legend|li|link|main|meta|nav|ol|option|p|script|section|"
    r"select|small|span|strong|style|svg|table|tbody|td|textarea|th|thead|title|tr|ul)"
    r"(?=[ />\\]|$)(?!>?\))"
)


def check(tree):
    banned = {w: rule for words, rule in BANNED.items() for w in words.split()}
    registers = {f"{path.parent.parent.name}.{path.stem}"
                 for path in tree.files("packs/*/registers/*.json")}
    for source in tree.sources:
        yield from check_banned(source, banned)
        yield from check_registers(source, registers)
        yield from check_strings(source)
        yield from check_globals(source)
        yield from check_typedefs(source)
    yield from check_left_overs(tree)
    yield from check_later(tree)
    yield from check_templates(tree)


def check_banned(source, banned):
    for match in re.finditer(r"(?<![\w.>])(\w+)\b(?=(\s*\()?)", source.code):
        word, call = match.group(1), match.group(2)
        if word not in banned or (word in CALLED and not call):
            continue
        allowed, why = banned[word]
        if source.module not in allowed:
            line = source.line_of(match.start())
            yield Fault(source.path, line, "banned", word, f"{word}: {why}")


def check_strings(source):
    if source.is_header:
        return
    lines = source.text.split("\n")
    for line, text in source.strings:
        if HTML.search(text):
            name = HTML.search(text).group(1)
            yield Fault(source.path, line, "html", name, "HTML stands in ui/, not in C")
        if SQL.match(text) and source.module != "store":
            # The call may have begun on the line above.
            head = " ".join(part.strip() for part in lines[max(0, line - 2) : line])
            if FORMATTING.search(head[: head.find('"' + text[:8])]):
                why = "SQL is constant text with $1; only store/ composes it"
                yield Fault(source.path, line, "sql", text.split()[0], why)


def check_registers(source, registers):
    """What a register means to the engine stands in its pack (docs/reference/packs.md)."""
    for line, text in source.strings:
        if text in registers:
            why = f"{text}: the engine knows no register of a pack by its name"
            yield Fault(source.path, line, "register", text, why)


def check_globals(source):
    """What changes belongs to somebody: no variable that outlives its function."""
    if source.is_header:
        return
    pattern = (
        r"^ *(?:static|_Thread_local|extern) (?!.*\bconst\b|inline\b|pthread_once_t)"
        r"[^;={(]*?(\w+)(?:\[[^=;]*\])? *[=;]"
    )
    for match in re.finditer(pattern, source.code, re.M):
        name = match.group(1)
        text = f"{name}: no variables that outlive their owner; put it in a struct"
        yield Fault(source.path, source.line_of(match.start()), "global", name, text)


def check_typedefs(source):
    """Only the type of a function may have a name of its own."""
    for match in re.finditer(r"^ *typedef ([^;]*);", source.code, re.M):
        if not re.fullmatch(r"[\w ]+[ *](\w+)\(.*\)", match.group(1), re.S):
            text = "no typedef: write struct, enum"
            yield Fault(source.path, source.line_of(match.start()), "typedef", source.stem, text)


def check_left_overs(tree):
    for path in tree.files("src/**/*", "packs/**/*", "ui/**/*", "script/**/*", "tests/**/*.[ch]"):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for match in LEFT.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            why = f"{match.group(0)}: do it, or write it into docs/known-issues.md"
            yield Fault(path.relative_to(tree.root), line, "left", match.group(0), why)


def check_later(tree):
    """/* LATER known-issues.md, "heading": … */ points at a heading that exists."""
    headings = re.findall(r"^#+ (.+)$", tree.read("docs/known-issues.md"), re.M)
    for source in tree.sources:
        for match in re.finditer(r'LATER known-issues\.md, "([^"]+)"', source.text):
            if match.group(1) not in headings:
                text = f"docs/known-issues.md has no heading {match.group(1)}"
                yield Fault(source.path, source.line_of(match.start()), "later", "heading", text)


def check_templates(tree):
    for path in tree.files("ui/**/*.html", "packs/**/*.html"):
        text = path.read_text()
        for match in re.finditer(r"\{\{\{|\{\{&", text):
            line = text.count("\n", 0, match.start()) + 1
            why = "templates always escape: unescaped tags do not exist"
            yield Fault(path.relative_to(tree.root), line, "raw", path.name, why)
