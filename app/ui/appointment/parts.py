"""What every window of an appointment needs from the program. Imports `app.services` (ports) and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.appointments.ports import AppointmentBook
from app.services.clock import Clock
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class AppointmentParts:
    """Given by the composition root."""

    book: AppointmentBook
    tasks: Tasks
    messages: Messages
    texts: Texts
    theme: Theme
    quiet: Quiet
    languages: Sequence[str]
    """Tags that mails and the client's page can speak."""
    clock: Clock
