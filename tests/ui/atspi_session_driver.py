"""Goes through a session's window over the accessibility bus only. Reads the catalogue's words from stdin, prints what it saw as JSON."""

from __future__ import annotations

import json
import sys

from atspi_driver import look, nameless, press, wait


def main():
    said = json.load(sys.stdin)
    press(said["visitor"])
    press(said["admit"])
    wait(lambda: look(said["running"]), "the conversation")
    seen = {"nameless": nameless()}
    press(said["pause"])
    wait(lambda: look(said["paused"]), "the pause")
    press(said["go-on"])
    press(said["share"])
    wait(lambda: look(said["choices"]), "the list of windows")
    seen["nameless"] += nameless()
    press(said["begin"])
    wait(lambda: look(said["showing"]), "what is shown")
    press(said["stop"])
    press(said["camera-off"])
    press(said["close-side"])
    press(said["chat"])
    wait(lambda: look(said["chat-field"]), "the chat")
    seen["nameless"] += nameless()
    seen["titles hidden"] = look(said["heading"]) is not None
    print(json.dumps(seen))


main()
