"""What IT sets about a team. A part of the profile's settings."""

from __future__ import annotations

import msgspec


class TeamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Without them there is no team."""

    folder: str
    """Network share where every member may read, write, create and delete."""
    list_file: str = ""
    """IT's list of members, in a folder that only IT writes; empty where colleagues exchange their files."""
