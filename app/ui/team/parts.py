"""What the windows of the team need from the program. Imports `app.services` (ports) and `app.ui` only."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.appointments.ports import AppointmentBook
from app.services.clock import Clock
from app.services.tasks import Tasks
from app.services.team.team import Team
from app.texts import Texts
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class TeamParts:
    """Given by the composition root."""

    team: Team
    book: AppointmentBook
    """Our own; it says whether mails can be sent."""
    tasks: Tasks
    messages: Messages
    texts: Texts
    theme: Theme
    quiet: Quiet
    clock: Clock
