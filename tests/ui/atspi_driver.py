"""Uses the program through the system's accessibility bus only, as a screen reader with a keyboard-less person would.

Runs under the system's own Python (pyatspi is no wheel). Prints one line of JSON: what it saw.
"""

from __future__ import annotations

import json
import sys
import time

import pyatspi

SECONDS = 45.0
BUTTONS = (pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_CHECK_BOX)


def descendants(thing):
    yield thing
    for child in thing:
        if child is not None:
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
    return thing.getState().contains(pyatspi.STATE_SHOWING)


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


def list_items():
    return [thing.name for thing in descendants(program()) if thing.getRole() == pyatspi.ROLE_LIST_ITEM]


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
    title = wait(lambda: look(said["name"], pyatspi.ROLE_TEXT), "title field")
    title.queryEditableText().setTextContents(said["title"])
    press(said["make"])
    link = text_of(wait(lambda: look(said["link"], pyatspi.ROLE_TEXT), "link"))
    press(said["close"])
    rows = wait(
        lambda: [t.name for t in descendants(program()) if t.getRole() == pyatspi.ROLE_LIST_ITEM and said["title"] in t.name], "row"
    )
    print(json.dumps({"link": link, "rows": rows, "nameless": nameless()}))


if __name__ == "__main__":
    main()
