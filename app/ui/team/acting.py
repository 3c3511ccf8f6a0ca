"""What is asked before a deputy acts: nobody is mailed unasked. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.deputy import ActKind
from app.services.appointments.ports import Tell
from app.services.team.deputy import Listed
from app.ui.appointment.asking import Answer, ask
from app.ui.team.parts import TeamParts
from app.ui.team.words import TeamWords

Chosen = Callable[[ActKind, Tell], object]


def ask_take_over(parent: QWidget, parts: TeamParts, listed: Listed, chosen: Chosen) -> None:
    """Ask whether the client gets the new link by mail; where the room comes along, whether reminders of the one they have."""
    texts = parts.texts
    if parts.team.takes_room(listed.seen):
        text, quiet, mail = "app.team.take-over.room.text", "app.team.take-over.room.quiet", "app.team.take-over.room.mail"
    else:
        text, quiet, mail = "app.team.take-over.text", "app.team.take-over.quiet", "app.team.take-over.mail"
    answers = [Answer(texts(quiet), partial(chosen, ActKind.TAKE_OVER, Tell.NOBODY))]
    why_not = _why_no_mail(parts, listed)
    if not why_not:
        answers.insert(0, Answer(texts(mail), partial(chosen, ActKind.TAKE_OVER, Tell.MAIL)))
    ask(parent, texts, texts("app.team.take-over.title"), _lines(parts, listed, text, why_not), answers)


def ask_cancel(parent: QWidget, parts: TeamParts, listed: Listed, chosen: Chosen) -> None:
    """Ask who called off, and whether the client is mailed."""
    texts = parts.texts
    why_not = _why_no_mail(parts, listed)
    answers = []
    for kind, name in ((ActKind.CANCEL_BY_US, "us"), (ActKind.CANCEL_BY_CLIENT, "client")):
        if not why_not:
            answers.append(Answer(texts(f"app.team.cancel.mail.{name}"), partial(chosen, kind, Tell.MAIL)))
        answers.append(Answer(texts(f"app.team.cancel.quiet.{name}"), partial(chosen, kind, Tell.NOBODY)))
    ask(parent, texts, texts("app.team.cancel.title"), _lines(parts, listed, "app.team.cancel.text", why_not), answers)


def _lines(parts: TeamParts, listed: Listed, key: str, why_not: str) -> Sequence[str]:
    words = TeamWords(parts.texts, parts.quiet)
    return [line for line in (f"{words.when(listed)} · {words.person(listed)}", parts.texts(key), why_not) if line]


def _why_no_mail(parts: TeamParts, listed: Listed) -> str:
    lock = parts.book.invite_locked
    locked = parts.texts(lock, **parts.book.invite_lock_values) if lock else ""
    return TeamWords(parts.texts, parts.quiet).why_no_mail(listed, locked)
