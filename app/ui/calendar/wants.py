"""What a person wants of an appointment, told by whichever way of looking they use. Imports Qt only."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Wants(QObject):
    """One for the calendar; its views tell, the calendar passes on."""

    opened = Signal(object)
    """The `Appointment` to show."""
    new_wanted = Signal(object, int)
    """Start in Unix seconds, minutes."""
    move_wanted = Signal(object, object, int)
    """The `Appointment`, its new start in Unix seconds, its new minutes."""
    cancel_wanted = Signal(object)
    """The `Appointment`."""
    day_wanted = Signal(object)
    """The `date` to be looked at for itself."""
