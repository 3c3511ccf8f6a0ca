"""Whether the program works with the agency's server, found out before anything is loaded: then no server of its own is started.

A hint that costs a moment, not the decision (`choice`): where it errs, a server is started a little later, or one is ended unused. Imports
the standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from app.services.agency.address import SERVER_URL
from app.services.policy import Policy

SETTINGS_FILE = "settings.json"
APP_NAME = "Videoberatung"


def works_with_agency(policy: Policy, folder: Path | None) -> bool:
    """`folder` is that of the profile; None is where the operating system wants it."""
    if policy.get(SERVER_URL):
        return True
    try:
        settings = json.loads(((folder or _own_folder()) / SETTINGS_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False  # whoever reads it later says what is wrong
    return isinstance(settings, dict) and bool(settings.get("agency"))


def _own_folder() -> Path:
    """As `Profile.of_this_person` has it. Under Linux without platformdirs, which costs more than all the rest (XDG Base Directory)."""
    if sys.platform == "linux":
        return Path(os.environ.get("XDG_DATA_HOME", "").strip() or Path.home() / ".local" / "share", APP_NAME)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
