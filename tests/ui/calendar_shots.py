"""Photographs the calendar: `python -m tests.ui.calendar_shots DIR [dark] [large]`; `large` doubles the font, QT_SCALE_FACTOR=2 all."""

from __future__ import annotations

import os
import sys
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.appointments import ZONE, Stage
from app.domain.mails import MailState
from app.paths import RESOURCES
from app.services.fakes import ManualClock
from app.services.fakes.sample_appointments import LookingBook, sample_appointments
from app.services.public_holidays import Region, names
from app.texts import Texts
from app.ui.calendar.spans import Mode, at
from app.ui.calendar.view import CalendarView
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.colours import DARK, LIGHT
from app.ui.quiet import Quiet
from app.ui.theme import Theme
from tests.ui.shots import settle

BERLIN = ZoneInfo(ZONE)
DAY = date(2026, 5, 13)


def run_now(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run work that never really waits."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError(f"{name} waited")


async def bavarian(years: list[int]) -> dict[date, str]:
    return dict(names(Region.BAYERN, years, "de"))


def main(folder: Path, dark: bool, large: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    if large:
        font = application.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        application.setFont(font)
    theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT)
    clock = ManualClock(at(DAY, 10, 20, BERLIN))
    book = LookingBook(sample_appointments(date(2026, 4, 27), 40, 8, clock.unix()))
    quiet = Quiet(clock)
    model = CalendarViewModel(book, clock, BERLIN, run_now, bavarian)
    view = CalendarView(model, Texts.load(RESOURCES / "i18n", "de", "app"), quiet, theme)
    view.setObjectName("window")
    model.open()
    view.resize(1180, 760)
    view.show()
    view.grid.setFocus()
    scale = os.environ.get("QT_SCALE_FACTOR", "")
    suffix = f"{'-dark' if dark else ''}{'-large' if large else ''}{f'-x{scale}' if scale else ''}"

    def take(name: str) -> None:
        settle()
        view.grab().save(str(folder / f"{name}{suffix}.png"))

    invited = [a for a in model.appointments if a.stage is Stage.INVITED]
    book.fail_mail(invited[0].id, MailState.UNCLEAR)
    take("week")
    view.select(invited[1].id)
    take("week-selected")
    QTest.keyClick(view.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(view.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    take("week-plan")
    QTest.keyClick(view.grid, Qt.Key.Key_Escape)
    model.show(Mode.DAY, DAY)
    take("day")
    model.show(Mode.MONTH, DAY)
    take("month")
    QTest.keyClick(view.month, Qt.Key.Key_Space)
    for _ in range(4):
        QTest.keyClick(view.month, Qt.Key.Key_Down)
    take("month-selected")
    QTest.keyClick(view.month, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    take("month-plan")
    QTest.keyClick(view.month, Qt.Key.Key_Escape)
    model.show(Mode.LIST, DAY)
    take("agenda")
    quiet.set_visitor(True)
    take("agenda-visitor")
    quiet.set_visitor(False)
    view.head.search.setText("nowak")
    settle()
    take("search")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "dark" in sys.argv[2:], "large" in sys.argv[2:])
