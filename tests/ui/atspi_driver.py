"""Uses the program through the system's accessibility bus only, as a screen reader with a keyboard-less person would.

Runs under the system's own Python (pyatspi is no wheel). Prints one line of JSON: what it saw.
"""

from __future__ import annotations

import json
import sys
import time

import pyatspi

SECONDS = 45.0
BUTTONS = (pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_CHECK_BOX, pyatspi.ROLE_PAGE_TAB)


def descendants(thing):
    """The thing and what is on the screen of it; cells of a table are a matter of their own (`cells`)."""
    yield thing
    if thing.getRole() != pyatspi.ROLE_TABLE:
        for child in thing:
            if child is not None and showing(child):
                yield from descendants(child)


def program():
    """The program's tree on the bus, or None."""
    desktop = pyatspi.Registry.getDesktop(0)
    return next((app for app in desktop if app is not None and app.name == "Videoberatung"), None)


def look(name, role=None):
    """The thing of that name (and role) that is on the screen, or None."""
    app = program()
    if app is None:
        return None
    for thing in descendants(app):
        try:
            if thing.name == name and (role is None or thing.getRole() == role) and showing(thing):
                return thing
        except (LookupError, RuntimeError):
            continue
    return None


def showing(thing):
    """It is there; what is scrolled out of sight is, too."""
    return thing.getState().contains(pyatspi.STATE_VISIBLE)


def wait(see, what):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            found = see()
        except (LookupError, RuntimeError):
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"not on the bus: {what}")


def press(name):
    """Do the first action of a button or of a switch."""
    button = wait(lambda: next((b for role in BUTTONS if (b := look(name, role)) is not None), None), name)
    button.queryAction().doAction(0)


def cells(table, word):
    """What the table's cells say that have this word in them."""
    return [cell.name for cell in look(table, pyatspi.ROLE_TABLE) if cell is not None and word in cell.name]


def nameless():
    """What a person can get to and a screen reader cannot call by any name."""
    return [
        str(thing.getRoleName())
        for thing in descendants(program())
        if showing(thing) and thing.getState().contains(pyatspi.STATE_FOCUSABLE) and not thing.name.strip()
    ]


def text_of(thing):
    return thing.queryText().getText(0, -1)


def main():
    said = json.load(sys.stdin)
    wait(lambda: look(said["connected"]), "connected")
    press(said["new"])
    person = wait(lambda: look(said["name"], pyatspi.ROLE_TEXT), "field for the name")
    seen = {"nameless": nameless()}
    person.queryEditableText().setTextContents(said["person"])
    press(said["agreed"])
    press(said["make"])
    press(said["others"])
    press(said["copy"])
    seen["link"] = text_of(wait(lambda: look(said["link"], pyatspi.ROLE_TEXT), "link"))
    press(said["copy-link"])
    wait(lambda: look(said["copied"]), "the link was copied")
    seen["nameless"] += nameless()
    press(said["close"])
    press(said["list"])
    seen["cells"] = wait(lambda: cells(said["table"], said["person"]), "the appointment in the calendar")
    seen["nameless"] += nameless()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
