"""Windows over the sample book: waiting for them, pressing, and letting their clients do something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.domain.appointments import Appointment, Client, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.readiness import Readiness
from app.services.appointments.ports import Draft, Write
from app.services.fakes.appointments import SampleBook
from app.ui.appointment.sheet import CallSheet
from tests.ui.support import dialog, find, names

FRAU_YILMAZ = Client(name="Aylin Yılmaz", email="a.yilmaz@example.org", phone="+49 (0)911 555-0123", language="de")


async def until(happened: Callable[[], bool]) -> None:
    """Let Qt and the loop work until it happened."""
    while not happened():
        await turn()


async def turn() -> None:
    """One round of both."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    await asyncio.sleep(0.001)


def _sheets() -> list[CallSheet]:
    return [window for window in QApplication.topLevelWidgets() if isinstance(window, CallSheet)]


async def settle(parts) -> None:
    """Until nothing is being done any more, and every call sheet stands."""
    await turn()
    await until(lambda: not parts.tasks.names and all(sheet.stands for sheet in _sheets()))
    await turn()


async def opened(kind: type[QWidget]) -> QWidget:
    """The dialog of that class, once it is there."""
    await until(lambda: dialog(kind) is not None)
    found = dialog(kind)
    assert found is not None
    return found


def press(window: QWidget, name: str) -> None:
    """Click on the button that a screen reader calls by that name."""
    QTest.mouseClick(find(window, name, QAbstractButton), Qt.MouseButton.LeftButton)


def says(window: QWidget, text: str) -> bool:
    """Whether that stands somewhere in the window."""
    return any(text in name for name in names(window))


async def noted(book: SampleBook, client: Client = FRAU_YILMAZ, in_s: int = 86_400, way: Way = Way.VIDEO) -> Appointment:
    """An appointment in the calendar, tomorrow at this time."""
    draft = Draft(starts_at=book.clock.unix() + in_s, minutes=30, topic="Weiterbildung", client=client, way=way)
    return (await book.note(draft))[0]


async def invited(book: SampleBook, client: Client = FRAU_YILMAZ, in_s: int = 86_400) -> Appointment:
    """Agreed and invited by mail."""
    appointment = await noted(book, client, in_s)
    await book.agree(appointment.id, "1")
    return await book.invite(appointment.id)


def becomes(book: SampleBook, appointment: str, **known: object) -> None:
    """What the client's page reported."""
    found = book.store.find(appointment)
    assert found is not None
    readiness = replace(found.readiness, at=book.clock.unix(), **known)
    assert isinstance(readiness, Readiness)
    book.store.write(Write(appointments=[replace(found, readiness=readiness)]))
    book.changed.announce([appointment])


def mail_becomes(book: SampleBook, appointment: str, state: MailState, reply: str = "", kind: MailKind = MailKind.INVITATION) -> Mail:
    """What the agency's mail server said of the newest mail of that kind."""
    mail = next(one for one in reversed(book.store.mails_of(appointment)) if one.kind is kind)
    moved = replace(mail, state=state, reply=reply, changed_at=book.clock.unix())
    assert book.store.move_mail(moved, mail.state)
    book.changed.announce([appointment])
    return moved
