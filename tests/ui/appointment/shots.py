"""Photographs an appointment's windows: `python -m tests.ui.appointment.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget

from app.domain.appointments import Appointment, Client, ClientDevice
from app.domain.mails import MailState
from app.domain.readiness import Check, Wish
from app.domain.visit import Visit
from app.paths import RESOURCES
from app.services.appointments.ports import Write
from app.services.fakes import ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.mail.settings import MailSettings
from app.services.mail.writer import AgencyMailWriter
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.windows import AppointmentWindows
from app.ui.colours import DARK, LIGHT
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.theme import Theme
from tests.ui.appointment.support import FRAU_YILMAZ, becomes, invited, mail_becomes, noted, settle, turn
from tests.ui.support import dialog

NOW = 1_795_507_200
"""Tuesday, 24 November 2026, 9:00 in Germany."""
HERR_WEBER = Client(
    name="Jonas Weber",
    email="weber@example.org",
    phone="0911 555 0188",
    device=ClientDevice.SMARTPHONE,
    needs="Hört auf dem linken Ohr schlecht.",
)


TURNS = 40
"""Until every layout has heard of its lines."""
MAIL = MailSettings(host="mail.example", sender="termine@jobcenter.example", sender_name="Terminservice")


class Photographer:
    """Windows over the sample book, and a folder."""

    def __init__(self, application: QApplication, folder: Path, dark: bool) -> None:
        scale = os.environ.get("QT_SCALE_FACTOR", "")
        self._folder = folder
        self._suffix = f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}"
        clock = ManualClock(NOW)
        texts = Texts.load(RESOURCES / "i18n", "de", "app")
        self.book = SampleBook(clock, writer=AgencyMailWriter.of("Jobcenter Musterstadt", "0911 555 0100", MAIL, RESOURCES))
        theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT)
        tasks = Tasks(lambda name, error: print(name, repr(error), file=sys.stderr))
        self.parts = AppointmentParts(self.book, tasks, Messages(texts), texts, theme, Quiet(clock), ["de", "en"], clock)
        self.main = QWidget()
        self.main.setObjectName("window")
        self.main.show()
        self.windows = AppointmentWindows(self.main, self.parts)

    async def take(self, name: str, window: QWidget | None = None) -> None:
        """One picture of that window, or of the dialog that is open."""
        for _ in range(TURNS):
            await turn()
        await settle(self.parts)
        shown = window or dialog(QDialog)
        assert shown is not None
        shown.grab().save(str(self._folder / f"{name}{self._suffix}.png"))

    async def new(self) -> None:
        self.windows.new(NOW + 86_400)
        await self.take("new")
        self._close()
        self.windows.new_now()
        await self.take("new-now")
        self._close()

    async def sheet(self) -> None:
        appointment = await noted(self.book, HERR_WEBER)
        sheet = self.windows.sheet(appointment.id)
        await self.take("sheet-noted", sheet)
        await self.book.agree(appointment.id, "1")
        await self.book.invite(appointment.id)
        mail_becomes(self.book, appointment.id, MailState.ACCEPTED)
        becomes(self.book, appointment.id, opened_at=NOW, camera=Check.OK, microphone=Check.WEAK, loudspeaker=Check.OK)
        await self.take("sheet-live", sheet)
        becomes(self.book, appointment.id, step="check-microphone", reason="mic-quiet")
        await self.take("sheet-check", sheet)
        becomes(self.book, appointment.id, step="", reason="")
        area = sheet.findChildren(QScrollArea)[0]
        area.verticalScrollBar().setValue(10_000)
        await self.take("sheet-live-below", sheet)
        self.parts.quiet.set_visitor(True)
        await self.take("sheet-visitor", sheet)
        self.parts.quiet.set_visitor(False)
        sheet.reject()
        await settle(self.parts)

    async def letters(self) -> Appointment:
        appointment = await invited(self.book)
        mail_becomes(self.book, appointment.id, MailState.UNCLEAR)
        for way in ("mail", "paper", "code", "copy"):
            self.windows.invitation(appointment.id)
            await settle(self.parts)
            window = dialog(QDialog)
            window.show_way(way)
            await self.take(f"invitation-{way}", window)
            if way == "mail":
                area = window.findChildren(QScrollArea)[0]
                area.verticalScrollBar().setValue(10_000)
                await self.take("invitation-mails", window)
            self._close()
        return appointment

    async def changes(self, appointment: Appointment) -> None:
        self.windows.move(appointment.id)
        await self.take("move")
        self._close()
        self.windows.cancel(appointment.id)
        await self.take("cancel")
        self._close()
        becomes(self.book, appointment.id, opened_at=NOW, camera=Check.FAILED, step="permission", reason="blocked", wish=Wish.CALL_ME)
        self.parts.clock.advance(86_400 + 1_200)
        found = self.book.store.find(appointment.id)
        visit = Visit(step="permission", reason="blocked", trouble=True)
        self.book.store.write(Write(appointments=[replace(found, visit=visit)]))
        self.windows.outcome(appointment.id)
        await self.take("outcome")
        self._close()

    async def to_call(self) -> None:
        red = await invited(self.book, FRAU_YILMAZ, 7_200)
        becomes(self.book, red.id, opened_at=NOW, camera=Check.FAILED, microphone=Check.FAILED, wish=Wish.CALL_ME)
        refused = await invited(self.book, HERR_WEBER, 90_000)
        mail_becomes(self.book, refused.id, MailState.REFUSED, "550 5.1.1 Mailbox unknown.")
        panel = self.windows.to_call_panel()
        panel.setObjectName("window")
        panel.resize(860, 340)
        await self.take("to-call", panel)

    @staticmethod
    def _close() -> None:
        shown = dialog(QDialog)
        assert isinstance(shown, QDialog)
        shown.reject()


async def main(folder: Path, dark: bool) -> None:
    """Everything once."""
    photographer = Photographer(QApplication([]), folder, dark)
    await photographer.new()
    await photographer.sheet()
    await photographer.changes(await photographer.letters())
    await photographer.to_call()
    await photographer.parts.tasks.close()


def put_up_a_screen(folder: Path) -> None:
    """An ordinary one, where nothing is connected."""
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [{"name": "desk", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "dpr": 1}]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    put_up_a_screen(pictures)
    asyncio.run(main(pictures, "dark" in sys.argv[2:]))
