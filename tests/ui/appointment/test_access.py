"""Every window of an appointment by keyboard and for a screen reader, in both languages and on a low screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QDialog, QPushButton, QRadioButton, QWidget

from app.domain.mails import MailState
from app.paths import RESOURCES
from app.services.fakes.appointments import SampleBook
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.windows import AppointmentWindows
from app.ui.messages import Messages
from tests.ui.appointment.support import invited, mail_becomes, settle
from tests.ui.support import dialog
from tests.ui.test_accessibility import nameless

MOST_STOPS = 120
"""Twice as many as any of these windows has; a date alone has three."""
Opener = Callable[[AppointmentWindows, str], object]

OPENERS: dict[str, Opener] = {
    "new": lambda windows, _id: windows.new(windows._parts.clock.unix()),
    "now": lambda windows, _id: windows.new_now(),
    "sheet": lambda windows, id_: windows.sheet(id_),
    "invitation": lambda windows, id_: windows.invitation(id_),
    "move": lambda windows, id_: windows.move(id_),
    "cancel": lambda windows, id_: windows.cancel(id_),
    "outcome": lambda windows, id_: windows.outcome(id_),
}


async def shown(windows: AppointmentWindows, parts: AppointmentParts, book: SampleBook, name: str) -> QDialog:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.UNCLEAR)
    OPENERS[name](windows, appointment.id)
    await settle(parts)
    window = dialog(QDialog)
    assert isinstance(window, QDialog)
    return window


@pytest.mark.parametrize("name", OPENERS)
async def test_every_control_has_a_name_and_a_role(windows, parts, book, name) -> None:
    window = await shown(windows, parts, book, name)
    assert nameless(window) == []
    assert window.windowTitle()


@pytest.mark.parametrize("name", OPENERS)
async def test_tab_reaches_every_button_and_comes_back(windows, parts, book, name) -> None:
    window = await shown(windows, parts, book, name)
    window.activateWindow()
    reached: list[QWidget] = []
    for _ in range(MOST_STOPS):
        here = QApplication.focusWidget()
        assert here is not None
        reached.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    assert reached[0] in reached[MOST_STOPS // 2 :]
    wanted = [each for kind in (QPushButton, QCheckBox) for each in window.findChildren(kind) if each.isVisible() and each.isEnabled()]
    assert [each.accessibleName() for each in wanted if each not in reached] == []
    groups = {each.group().buttons()[0] for each in window.findChildren(QRadioButton) if each.isVisible()}
    assert groups == {each.group().buttons()[0] for each in reached if isinstance(each, QRadioButton)}


@pytest.mark.parametrize("name", OPENERS)
async def test_nothing_is_cut_off_on_a_low_screen(windows, parts, book, name) -> None:
    """At 200 % an ordinary screen has 960 by 540 pixels."""
    window = await shown(windows, parts, book, name)
    window.resize(800, 500)
    await settle(parts)
    assert window.minimumSizeHint().width() <= 800
    assert window.minimumSizeHint().height() <= 500
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.minimumSizeHint().width(), button.text()


@pytest.mark.parametrize("name", OPENERS)
async def test_english(qtbot, parts, book, clock, name) -> None:
    texts = Texts.load(RESOURCES / "i18n", "en", "app")
    english = AppointmentParts(book, parts.tasks, Messages(texts), texts, parts.theme, parts.quiet, ["de", "en"], clock)
    main = QWidget()
    qtbot.addWidget(main)
    main.show()
    windows = AppointmentWindows(main, english)
    window = await shown(windows, english, book, name)
    assert nameless(window) == []
    window.hide()
    windows.close()
    await settle(english)


async def test_every_sign_has_a_shape_of_its_own(qtbot, theme) -> None:
    from app.ui.appointment.signs import Sign, SignView

    shapes = set()
    for sign in Sign:
        view = SignView(theme, 24)
        qtbot.addWidget(view)
        view.show_sign(sign)
        grey = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_Mono)
        shapes.add(bytes(grey.constBits()))
    assert len(shapes) == len(Sign)
