"""Which elements of BPMN the engine runs (docs/reference/bpmn.md), and which of them no shipped pack draws."""

import pathlib
import re
import xml.etree.ElementTree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PACKS = pathlib.Path(__file__).resolve().parents[2] / "packs"
DEFINITION = re.compile(r"(\w+)EventDefinition$")

FAMILIES = {
    "a process": ["executable"],
    "a start event": ["none", "message", "timer", "signal", "conditional"],
    "a catching event": ["message", "timer", "signal", "conditional", "link", "several"],
    "a throwing event": ["none", "message", "signal", "escalation", "compensate", "link"],
    "a boundary event": ["message", "timer", "signal", "conditional", "error", "escalation",
                         "compensate", "cancel"],
    "a boundary event that does not interrupt": ["message", "timer", "signal", "conditional",
                                                 "escalation"],
    "an end event": ["none", "message", "signal", "error", "escalation", "compensate", "cancel",
                     "terminate"],
    "a gateway": ["exclusive", "parallel", "inclusive", "eventBased"],
    "a task": ["task", "manualTask", "userTask", "serviceTask", "businessRuleTask", "sendTask",
               "receiveTask", "scriptTask", "callActivity"],
    "a sub-process": ["subProcess", "transaction"],
    "an event sub-process": ["message", "timer", "signal", "conditional", "error", "escalation",
                             "compensate"],
    "an event sub-process that does not interrupt": ["message", "timer", "signal", "conditional",
                                                     "escalation"],
    "repeated": ["parallel", "sequential", "loop"],
    "data": ["dataObject", "property", "dataInputAssociation", "dataOutputAssociation"],
    "drawn": ["lane"],
}
# What no pack draws, and why.
SAME = "drawn at the border of the activity instead, where a methodologist sees it at once"
UNUSED = {
    ("a start event", "conditional"): "nothing watches it: such a process is begun by hand",
    ("a boundary event that does not interrupt", "message"): "as the one that interrupts",
    ("a boundary event that does not interrupt", "signal"): "as the one that interrupts",
    ("a boundary event", "conditional"): "as the one that does not interrupt",
    ("a boundary event", "escalation"): "as the one that does not interrupt",
    ("an event sub-process", "message"): "as the one that does not interrupt",
    ("an event sub-process", "timer"): SAME,
    ("an event sub-process", "signal"): SAME,
    ("an event sub-process", "error"): SAME,
    ("an event sub-process", "escalation"): SAME,
    ("an event sub-process", "compensate"): SAME,
    ("an event sub-process that does not interrupt", "timer"): SAME,
    ("an event sub-process that does not interrupt", "signal"): SAME,
    ("an event sub-process that does not interrupt", "conditional"): SAME,
    ("an event sub-process that does not interrupt", "escalation"): SAME,
    ("data", "dataOutputAssociation"): "as dataInputAssociation; results are named by uprava:result",
}
EVENTS = {"startEvent": "a start event", "intermediateCatchEvent": "a catching event",
          "intermediateThrowEvent": "a throwing event", "endEvent": "an end event",
          "boundaryEvent": "a boundary event"}


def triggers(element):
    found = [DEFINITION.search(child.tag) for child in element]
    return [one.group(1) for one in found if one] or ["none"]


def of_event(element, kind, is_event_sub):
    family = EVENTS[kind]
    if kind == "startEvent" and is_event_sub:
        family = "an event sub-process"
    if "false" in (element.get("cancelActivity"), element.get("isInterrupting")):
        family += " that does not interrupt"
    found = triggers(element)
    if len(found) > 1:
        yield family, "several"
    yield from ((family, one) for one in found)


def walk(element, is_event_sub=False):
    kind = element.tag.removeprefix(BPMN)
    if kind in EVENTS:
        yield from of_event(element, kind, is_event_sub)
    if kind.endswith("Gateway"):
        yield "a gateway", kind.removesuffix("Gateway")
    if kind == "process" and element.get("isExecutable") == "true":
        yield "a process", "executable"
    if kind == "multiInstanceLoopCharacteristics":
        yield "repeated", "sequential" if element.get("isSequential") == "true" else "parallel"
    if kind == "standardLoopCharacteristics":
        yield "repeated", "loop"
    yield from ((family, kind) for family in ("a task", "a sub-process", "data", "drawn")
                if kind in FAMILIES[family])
    for child in element:
        yield from walk(child, element.get("triggeredByEvent") == "true")


def used(packs=PACKS):
    return {one for path in packs.glob("*/processes/*.bpmn")
            for one in walk(xml.etree.ElementTree.parse(path).getroot())}


def faults(packs=PACKS):
    """What is missing without a reason, and reasons for what is there."""
    known = {(family, name) for family, names in FAMILIES.items() for name in names}
    have = used(packs)
    for family, name in sorted(known - have - UNUSED.keys()):
        yield f"no shipped pack has {family}: {name}"
    for family, name in sorted(UNUSED.keys() & have):
        yield f"a shipped pack has {family}: {name}; tests/packs/families.py says it has none"
    for family, name in sorted(have - known):
        yield f"tests/packs/families.py does not know {family}: {name}"
