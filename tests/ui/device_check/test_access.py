"""Every page of the device check for a screen reader, at large letters, and in English."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QScrollArea, QWidget

from app.domain.checks import Fault
from app.paths import RESOURCES
from app.services.checks.check_list import Progress, Step
from app.texts import Texts
from app.ui.device_check.windows import CheckWindows
from app.ui.theme import Theme
from tests.ui.appointment.support import turn, until
from tests.ui.device_check.support import Bench, bench
from tests.ui.support import names
from tests.ui.test_accessibility import nameless

PAGES = ("welcome", *(step.value for step in Step), "verdict", "brief")


async def shown(windows: CheckWindows, made: Bench, name: str) -> QDialog:
    """With everything that can be wrong, which makes the longest texts."""
    made.simulation.provoke(Fault.CAMERA_BACKLIGHT, Fault.MIC_SILENT, Fault.SPEAKER_NONE, Fault.CERTIFICATE_UNTRUSTED, Fault.KEYRING_NONE)
    if name == "brief":
        windows.brief()
        await until(lambda: windows.short.is_over)
        return windows.short
    windows.full(None if name == "welcome" else Step.SYSTEM if name == "verdict" else Step(name))
    wizard = windows.wizard
    if name == "verdict":
        await until(lambda: wizard.model.progress(Step.SYSTEM) is Progress.DONE)
        for step in Step:
            await wizard.model.checks.run(step)
        wizard.next()
    elif name != "welcome":
        wizard.model.run(Step(name))
        await until(lambda: wizard.model.progress(Step(name)) is Progress.DONE)
    await turn()
    return wizard


@pytest.mark.parametrize("name", PAGES)
async def test_every_control_has_a_name_and_a_role(windows, made, name) -> None:
    window = await shown(windows, made, name)
    assert nameless(window) == []
    assert window.windowTitle()


@pytest.mark.parametrize("name", PAGES)
async def test_nothing_is_cut_off_with_large_letters(windows, made, theme: Theme, name) -> None:
    """Letters of twice the size in a window of half a screen: what WCAG 2.2, 1.4.4 asks for, and more."""
    usual = QApplication.font()
    large = QApplication.font()
    large.setPointSizeF(usual.pointSizeF() * 2)
    try:
        QApplication.setFont(large)
        theme.apply()
        window = await shown(windows, made, name)
        window.resize(800, 500)
        for _ in range(20):
            await turn()
        assert window.width() <= 800
        assert window.height() <= 500
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and button.text():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
        for label in window.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        for area in window.findChildren(QScrollArea):
            inside = area.widget()
            if area.isVisible() and inside is not None:
                assert inside.width() <= area.viewport().width()
    finally:
        QApplication.setFont(usual)
        theme.apply()


async def test_english(qtbot, made, theme, clock) -> None:
    texts = Texts.load(RESOURCES / "i18n", "en", "app")
    english = bench(texts, theme, clock, made.parts.tasks)
    main = QWidget()
    qtbot.addWidget(main)
    main.show()
    windows = CheckWindows(main, english.parts, str)
    window = await shown(windows, english, "verdict")
    assert {"Device check", "It is our server.", "Check again"} <= set(names(window))
    windows.close()
    english.parts.devices.close()
    await until(lambda: not made.parts.tasks.names)
