"""Arrows point down: src/LAYERS says who may include whom, and who owns which library."""
import pathlib
import re

from lint.tree import Fault

# The language and the system are everybody's; any other <header> needs an owner.
SYSTEM = set(
    """assert ctype errno fcntl float inttypes limits locale math poll pthread sched semaphore
    signal stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings
    time unistd dirent fnmatch ftw glob grp iconv langinfo libgen mqueue netdb pwd regex
    spawn syslog termios dlfcn endian byteswap getopt malloc""".split()
)
SYSTEM_FOLDERS = ("sys/", "arpa/", "netinet/", "net/", "linux/", "sanitizer/")
INCLUDES_MAX = 15


def read_layers(tree):
    modules, libraries = {}, {}
    for line in tree.read("src/LAYERS").splitlines():
        if line and not line.startswith("#"):
            name, allowed = line.split(":", 1)
            (libraries if name[0] == "<" else modules)[name.strip("<>")] = allowed.split()
    return modules, libraries


def check(tree):
    modules, libraries = read_layers(tree)
    for source in tree.sources:
        if source.module not in modules:
            text = f"the module {source.module} is not in src/LAYERS"
            yield Fault(source.path, 1, "layer", source.module, text)
            continue
        for line, bracket, header in source.includes:
            if bracket == '"':
                yield from check_own(tree, source, line, header, modules)
            else:
                yield from check_library(source, line, header, libraries)
        yield from check_order(tree, source)
        if not source.is_header and len(source.includes) > INCLUDES_MAX:
            text = f"{len(source.includes)} includes; {INCLUDES_MAX} at most: does it do one thing?"
            yield Fault(source.path, 1, "includes", source.stem, text)


def check_own(tree, source, line, header, modules):
    module = header.split("/")[0]
    if "/" not in header:
        text = f'name headers from src: "{source.module}/{header}"'
        yield Fault(source.path, line, "layer", header, text)
    elif module not in (source.module, "core", *modules[source.module]):
        text = f"{source.module} may not include {header} (src/LAYERS)"
        yield Fault(source.path, line, "layer", header, text)


def check_library(source, line, header, libraries):
    if re.sub(r"\.h$", "", header) in SYSTEM or header.startswith(SYSTEM_FOLDERS):
        return
    owners = next((o for prefix, o in libraries.items() if header.startswith(prefix)), None)
    if owners is None:
        text = f"say in src/LAYERS which module owns <{header}>"
        yield Fault(source.path, line, "library", header, text)
    elif source.module not in owners:
        text = f"only {' and '.join(owners)} may include <{header}>"
        yield Fault(source.path, line, "library", header, text)


def check_order(tree, source):
    """Own header first: so each header is known to stand on its own."""
    own = f"{source.module}/{source.stem}.h"
    if source.is_header or not (tree.root / "src" / own).exists():
        return
    first = source.includes[0] if source.includes else (1, '"', "")
    if first[2] != own:
        text = f'the first include of a file is its own header, "{own}"'
        yield Fault(source.path, first[0], "order", own, text)
