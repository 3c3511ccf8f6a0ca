"""Photographs the main window over a full week: `python -m tests.ui.main_shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.domain.appointments import Appointment, Stage
from app.domain.readiness import Check, Readiness, Wish
from app.services.appointments.door import Door
from app.services.appointments.ports import Write
from app.services.fakes.sample_appointments import sample_appointments
from app.ui.calendar.spans import Mode
from app.wire.messages import Notice
from tests.ui.shots import Photographer, wait
from tests.ui.support import noted

SIZES = (QSize(1120, 780), QSize(960, 540))
MONDAY = date(2026, 9, 21)
RED = (
    Readiness(opened_at=1, camera=Check.FAILED, microphone=Check.OK),
    Readiness(opened_at=1, wish=Wish.CALL_ME),
    Readiness(opened_at=1, camera=Check.OK, microphone=Check.FAILED),
)


def appointments(played: Photographer) -> None:
    """A full week, in which nobody has to be phoned again."""
    made = [quiet(found) for found in sample_appointments(MONDAY, 12, 8, played.clock.unix())]
    played.book.store.write(Write(appointments=[replace(found, revision=0) for found in made]))
    played.book.changed.announce([found.id for found in made])


def quiet(appointment: Appointment) -> Appointment:
    stage = Stage.INVITED if appointment.stage in (Stage.WAITING, Stage.IN_SESSION) else appointment.stage
    return replace(appointment, stage=stage, readiness=Readiness())


def main(folder: Path, dark: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    played = Photographer(application, folder, dark)
    book, desk, shell = played.book, played.desk, played.shell
    door = Door(book, desk, played.tasks)
    played.tasks.start("door", door.open())

    def take(name: str) -> None:
        for size in SIZES:
            shell.main.resize(size)
            played.take(f"{name}-{size.width()}", shell.main)
        shell.main.resize(SIZES[0])

    take("empty")
    appointments(played)
    take("nobody")
    rooms = [noted(book, name).access for name in ("Emine Yılmaz", "Peter Weber")]
    seats = [desk.client_arrives(access.room, by_code=bool(number)) for number, access in enumerate(rooms) if access is not None]
    played.clock.advance(190)
    desk.notify(rooms[0].room, seats[0], Notice.FIVE_MINUTES)
    desk.client_knocks(rooms[0].room, seats[0])
    take("two-waiting")
    shell.quiet.set_visitor(True)
    take("visitor")
    shell.quiet.set_visitor(False)
    shell.main.admit_first()
    wait(lambda: bool(shell.calls))
    shell.show()
    take("conversation")
    for number, readiness in enumerate(RED):
        noted(book, ("Fatima al-Hassan", "Sabine Krüger-Oppermann", "Marek Nowak")[number], in_s=86_400 * (number + 1), readiness=readiness)
    take("everything")
    for seat in seats[1:]:
        desk.client_vanishes(rooms[1].room, seat)
    next(iter(shell.calls.values())).end_now()
    wait(lambda: not shell.calls)
    take("three-to-call")
    for mode in (Mode.DAY, Mode.MONTH, Mode.LIST):
        shell.planning.calendar.head.mode_wanted.emit(mode)
        take(mode.value)
    door.close()
    shell.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), "dark" in sys.argv[2:])
