"""All checks of the tree, less what src/EXCEPTIONS allows."""
from lint import docs, layers, names, reference, sizes, steps, words
from lint.exceptions import Exceptions

CHECKS = (layers, names, sizes, words, docs, reference, steps)


def run(tree):
    exceptions = Exceptions(tree)
    faults = [f for part in CHECKS for f in part.check(tree) if not exceptions.allow(f)]
    faults += exceptions.faults()
    return sorted(faults, key=lambda fault: (str(fault.path), fault.line))
