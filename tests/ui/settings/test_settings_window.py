"""The settings: a person's own choices, what the agency locks and says so, nothing kept that the program could not start with."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox

from app.domain.features import Feature
from app.domain.wishes import Ringing
from app.services.policies import prescribe
from app.services.profile import Settings
from app.ui.settings.choices import Choice, Chosen
from app.ui.settings.window import SettingsWindow
from tests.ui.support import names
from tests.ui.test_accessibility import nameless

OWN = Settings(public_port=8443, control_port=8444, label="Jobcenter Musterstadt", phone="0123 456", turn_urls=("turn:relay.example",))
PRESCRIBED: dict[str, Any] = {"language": "en", "retention_days": 14, "features": ["chat"], "phone": "0123 999", "ringing": "once"}


class Opened:
    """The window, and what it kept."""

    def __init__(self, qtbot: Any, texts: Any, policy: dict[str, Any] | None = None, own: Settings = OWN) -> None:
        found = prescribe(own, policy or {})
        self.kept: list[dict[str, Any]] = []
        chosen = Chosen(own, found.settings, found.locked)
        self.window = SettingsWindow(None, texts, chosen, lambda changes: self.kept.append(dict(changes)))  # type: ignore[arg-type]
        qtbot.addWidget(self.window)
        self.window.show()

    def choice(self, name: str) -> Choice:
        return next(choice for choices in self.window.choices.values() for choice in choices if choice.name == name)

    def keep(self) -> None:
        self.window._keep()


def test_nothing_changed_is_nothing_kept(qtbot, texts) -> None:
    opened = Opened(qtbot, texts)
    opened.keep()
    assert opened.kept == [{}]
    assert not opened.window.isVisible()


def test_everything_open_can_be_changed(qtbot, texts) -> None:
    opened = Opened(qtbot, texts)
    changed = ("language", "ringing", "autostart", "region", "retention_days", "label")
    control = {name: opened.choice(name).field.control for name in changed}
    control["language"].setCurrentIndex(1)
    control["ringing"].setCurrentIndex(2)
    control["autostart"].setChecked(True)
    control["region"].setCurrentIndex(control["region"].findData("BY"))
    control["retention_days"].setValue(7)
    control["label"].setText("  Jobcenter Nord ")
    opened.choice("phone").field.control.setText("")
    opened.choice("features").field.control.findChildren(QCheckBox)[0].setChecked(False)
    opened.keep()
    (kept,) = opened.kept
    fresh = msgspec.structs.replace(OWN, **kept)
    assert (fresh.language, fresh.ringing, fresh.autostart, fresh.region.value) == ("en", Ringing.SILENT, True, "BY")
    assert (fresh.retention_days, fresh.label, fresh.phone, fresh.features) == (7, "Jobcenter Nord", "", (Feature.SCREEN,))
    assert msgspec.json.decode(msgspec.json.encode(fresh), type=Settings) == fresh


@pytest.mark.parametrize("name", sorted(PRESCRIBED))
def test_what_the_agency_prescribes_is_shown_locked_and_never_kept(qtbot, texts, name) -> None:
    opened = Opened(qtbot, texts, PRESCRIBED)
    choice = opened.choice(name)
    hint = choice.field.control.accessibleDescription()
    if name == "retention_days":
        assert choice.open
        assert hint == texts("app.settings.at-most", most=14)
        assert choice.field.control.maximum() == 14
    else:
        assert not choice.open
        assert hint == texts("app.settings.locked")
        assert choice.value() == PRESCRIBED[name]
    opened.choice("label").field.control.setText("Anders")
    opened.keep()
    assert opened.kept == [{"label": "Anders"}]


@pytest.mark.parametrize("name", ["language", "ringing", "region", "retention_days"])
def test_the_wheel_scrolls_and_changes_nothing(qtbot, texts, name) -> None:
    opened = Opened(qtbot, texts)
    control, place = opened.choice(name).field.control, QPointF(5, 5)
    turned = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, turned)
    assert not turned.isAccepted()
    assert opened.choice(name).value() == opened.choice(name).before


@pytest.mark.parametrize(("name", "text"), [("label", ""), ("label", "x" * 81), ("phone", "ruf an")])
def test_what_the_program_could_not_start_with_is_told_at_its_field(qtbot, texts, name, text) -> None:
    opened = Opened(qtbot, texts)
    choice = opened.choice(name)
    qtbot.waitActive(opened.window)
    choice.field.control.setText(text)
    opened.keep()
    assert opened.kept == []
    assert opened.window.isVisible()
    assert choice.field.error == texts(f"app.settings.{name}.wrong")
    assert opened.window.focusWidget() is choice.field.control


def test_what_only_it_changes_is_read_out_and_has_a_name(qtbot, texts) -> None:
    opened = Opened(qtbot, texts)
    listed = names(opened.window)
    assert "Adresse der persönlichen Links: http://localhost:8443" in listed
    assert "Vermittlung (TURN): turn:relay.example" in listed
    assert "Nur über die Vermittlung verbunden: Fachkraft" in listed
    assert nameless(opened.window) == []


def test_the_keyboard_reaches_every_open_choice_and_no_locked_one(qtbot, texts) -> None:
    opened = Opened(qtbot, texts, PRESCRIBED)
    qtbot.waitActive(opened.window)
    reached = set()
    for _ in range(40):
        qtbot.keyClick(opened.window, Qt.Key.Key_Tab)
        reached.add(opened.window.focusWidget())
    wanted = {opened.choice(name).field.control for name in ("autostart", "region", "retention_days", "label")}
    assert wanted <= reached
    assert not {opened.choice(name).field.control for name in ("language", "ringing", "phone")} & reached
