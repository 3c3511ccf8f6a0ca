"""The trainer's keys. They hold in every window of the training, and are none of the program's own (`app.ui.shortcuts`)."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

RESET = "F12"
LARGE = "F9"


def shown(keys: str) -> str:
    """As this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
