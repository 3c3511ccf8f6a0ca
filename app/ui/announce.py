"""Says a change of state to screen readers. Imports Qt only."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent


def announce(source: QObject, text: str, urgent: bool = False) -> None:
    """Have `text` read out, after the current sentence or (urgent) at once. Does nothing while nobody listens."""
    event = QAccessibleAnnouncementEvent(source, text)
    polite, assertive = QAccessible.AnnouncementPoliteness.Polite, QAccessible.AnnouncementPoliteness.Assertive
    event.setPoliteness(assertive if urgent else polite)
    QAccessible.updateAccessibility(event)
