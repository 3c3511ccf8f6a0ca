"""When reminders go out, as the agency wants it. Imports the settings and the rule of reminders only."""

from __future__ import annotations

from datetime import time

from app.services.appointments.reminders import Reminders
from app.services.mail.settings import MailSettings


def reminders_of(settings: MailSettings | None) -> Reminders:
    """Without settings as the program proposes it."""
    if settings is None:
        return Reminders()
    day_before, morning = settings.day_before_hour, settings.morning_hour
    return Reminders(
        day_before=time(day_before) if day_before is not None else None,
        morning=time(morning) if morning is not None else None,
    )
