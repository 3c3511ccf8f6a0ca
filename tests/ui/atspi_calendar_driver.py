"""Walks the calendar over the accessibility bus only: the day as a table, the month as a tree. Prints what it saw as one line of JSON."""

from __future__ import annotations

import json
import sys

import pyatspi
from atspi_driver import descendants, look, nameless, press, program, showing, wait

TREES = (pyatspi.ROLE_TREE, pyatspi.ROLE_TREE_TABLE)


def nodes(name, roles):
    """All that lies in the table or tree of that name."""
    table = next((found for role in roles if (found := look(name, role)) is not None), None)
    return [] if table is None else [node for node in table if node is not None]


def act(node):
    """What a screen reader does when the person wants this one."""
    node.queryAction().doAction(0)


def opened(sheet, person):
    """The sheet about that person."""
    for window in program():
        if window is not None and sheet in window.name and showing(window) and any(thing.name == person for thing in descendants(window)):
            return True
    return False


def month_of(said):
    """The nodes of the month, once both appointments are among them."""
    found = nodes(said["tree"], TREES)
    return found if all(any(said[who] in node.name for node in found) for who in ("first", "second")) else []


def main():
    said = json.load(sys.stdin)
    seen = {"nameless": [], "sheets": []}
    wait(lambda: look(said["connected"]), "connected")
    press(said["day"])
    grid = (pyatspi.ROLE_TABLE,)
    slot = wait(lambda: next((n for n in nodes(said["grid"], grid) if f" {said['first']}" in n.name), None), "the appointment in the day")
    seen["slot"] = slot.name
    seen["free"] = sum(node.name.endswith(": frei") for node in nodes(said["grid"], grid))
    seen["nameless"] += nameless()
    act(slot)
    wait(lambda: opened(said["sheet"], said["first"]), "the sheet out of the day")
    seen["sheets"].append(said["first"])
    press(said["month"])
    tree = wait(lambda: month_of(said), "the month")
    names = [node.name for node in tree]
    first = next(number for number, name in enumerate(names) if said["first"] in name)
    seen["today"], seen["below"] = names[first - 1], names[first : first + 2]
    seen["days"] = sum("Termin" in name for name in names)
    act(tree[first + 1])
    wait(lambda: opened(said["sheet"], said["second"]), "the sheet out of the month")
    seen["sheets"].append(said["second"])
    seen["focused"] = wait(
        lambda: next((n.name for n in nodes(said["tree"], TREES) if n.getState().contains(pyatspi.STATE_FOCUSED)), None), "the place"
    )
    seen["nameless"] += nameless()
    print(json.dumps(seen))


main()
