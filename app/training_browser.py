"""Opens a link of this machine in a browser, in a narrow window of its own where one can do that. Imports the standard library only."""

from __future__ import annotations

import shutil
import subprocess
import webbrowser

NARROW = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
"""Know `--app`: a window without an address bar."""
SIZE = (412, 860)
"""Of a usual telephone."""


def open_in_browser(link: str) -> bool:
    """False where there is no browser."""
    for name in NARROW:
        program = shutil.which(name)
        if program is not None:
            command = [program, f"--app={link}", f"--window-size={SIZE[0]},{SIZE[1]}"]
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            return True
    return webbrowser.open(link)
