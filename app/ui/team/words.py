"""A colleague's appointment in plain words. Imports no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.appointments import Way
from app.services.team.deputy import Listed
from app.services.team.members import Member
from app.texts import Texts
from app.ui.appointment.words import AppointmentWords
from app.ui.quiet import Quiet


class TeamWords:
    """Speaks one language. While somebody else looks at the screen it names no client."""

    def __init__(self, texts: Texts, quiet: Quiet) -> None:
        self._texts = texts
        self._quiet = quiet
        self._words = AppointmentWords(texts, quiet)

    def time(self, listed: Listed) -> str:
        it = listed.seen.appointment
        return f"{self._words.time(it.starts_at)}–{self._words.time(it.ends_at)}"

    def person(self, listed: Listed) -> str:
        return self._words.name(listed.seen.appointment)

    def way(self, listed: Listed) -> str:
        return self._texts(f"app.team.way.{listed.seen.appointment.way.value}")

    def state(self, listed: Listed, members: Sequence[Member]) -> str:
        """Where it stood last, or who acts on it."""
        if listed.act is None:
            return self._words.stage(listed.seen.appointment).text
        name = next((member.name for member in members if member.id == listed.act.deputy), "–")
        return self._texts(f"app.team.act.{listed.act.kind.value}", name=name)

    def when(self, listed: Listed) -> str:
        it = listed.seen.appointment
        return self._words.when(it.starts_at, it.minutes)

    def details(self, listed: Listed) -> str:
        """What is needed on the telephone, one thing a line."""
        client = listed.seen.appointment.client
        if self._quiet.hides_names:
            return self._texts("app.team.hidden")
        phone = client.phone or self._texts("app.sheet.call.none")
        lines = [
            self._texts("app.team.phone", phone=phone),
            self._texts("app.team.email", email=client.email) if client.email else "",
            self._texts("app.team.topic", topic=listed.seen.appointment.topic) if listed.seen.appointment.topic else "",
            self._texts("app.team.needs", needs=client.needs) if client.needs else "",
        ]
        return "\n".join(filter(None, lines))

    def why_no_mail(self, listed: Listed, locked: str) -> str:
        """Why the client is not mailed, as a sentence; empty if they can be. `locked` is a sentence about our mail server."""
        it = listed.seen.appointment
        if it.way is not Way.VIDEO or not listed.seen.client_knows:
            return self._texts("app.team.no-mail.no-link")
        if not it.client.email:
            return self._texts("app.team.no-mail.no-address")
        return locked
