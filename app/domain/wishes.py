"""What a person or their agency chooses about the program itself. Pure; imports nothing."""

from __future__ import annotations

import enum


class Ringing(enum.Enum):
    """How somebody who comes to wait is heard. Notification, task bar and screen reader stay as they are."""

    REPEATED = "repeated"
    """Every 20 s until the counsellor has looked."""
    ONCE = "once"
    SILENT = "silent"
    """The task bar asks every 20 s, without a sound."""
