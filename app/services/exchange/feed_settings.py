"""Whether and where the calendar file for Outlook lies: a part of the profile's settings. Imports nothing of `app`."""

from __future__ import annotations

from pathlib import Path

import msgspec

FILE_NAME = "videoberatung-termine.ics"
NAMES_LOCKED = "feed_names_locked"
"""In the policy: no names stand in the file."""


class FeedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the person chose; a part of the profile's settings."""

    on: bool = False
    folder: str = ""
    names: bool = False
    """The client's name stands in the title."""

    @property
    def file(self) -> Path | None:
        """Where the file lies; None while it is off."""
        return Path(self.folder) / FILE_NAME if self.on and self.folder else None
