"""The settings of this program: what a person chooses, and what their IT has set. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.domain.wishes import Ringing
from app.services.profile import Settings
from app.services.public_holidays import Region
from app.texts import Texts
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.parts import button, label, open_dialog, resize_to_fit, scrolled
from app.ui.settings.choices import Choice, ChoiceMaker, Chosen

Keep = Callable[[Mapping[str, Any]], None]
"""Takes the fields of `Settings` that are different now."""
LANGUAGES = {"de": "Deutsch", "en": "English"}
"""Of the program, each in its own words."""


class SettingsWindow(QDialog):
    """Nothing changes before "Behalten"; a value that cannot be used is told at its field, and nothing is kept then."""

    def __init__(self, parent: QWidget, texts: Texts, chosen: Chosen, keep: Keep) -> None:
        super().__init__(parent)
        self._texts = texts
        self._chosen = chosen
        self._keep_values = keep
        self.setWindowTitle(texts("app.settings.title"))
        self.choices = _choices(texts, chosen)
        back, keep_button = button(texts("app.cancel")), button(texts("app.settings.keep"), "primary")
        back.clicked.connect(self.reject)
        keep_button.clicked.connect(self._keep)
        keep_button.setDefault(True)
        column = dialog_column(self)
        column.addWidget(label(texts("app.settings.title"), "title"))
        column.addWidget(label(texts("app.settings.more"), "muted"))
        column.addWidget(scrolled(self._content()), 1)
        column.addLayout(button_row(back, keep_button))
        resize_to_fit(self, QSize(620, 760))

    def _content(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(14)
        for title, choices in self.choices.items():
            column.addWidget(label(self._texts(title), "section"))
            for choice in choices:
                column.addWidget(choice.field)
        column.addWidget(label(self._texts("app.settings.by-it"), "section"))
        column.addLayout(_prescribed(self._texts, self._chosen.in_force))
        column.addStretch(1)
        return whole

    def _keep(self) -> None:
        wrong = [choice for choice in self._open() if not choice.usable()]
        for choice in self._open():
            choice.field.clear_error()
        if wrong:
            wrong[0].field.show_error(self._texts(f"app.settings.{wrong[0].name}.wrong"))
            return
        self._keep_values(self._changed())
        self.accept()

    def _open(self) -> Sequence[Choice]:
        return [choice for choices in self.choices.values() for choice in choices if choice.open]

    def _changed(self) -> Mapping[str, Any]:
        values = {choice.name: choice.value() for choice in self._open() if choice.value() != choice.before}
        fresh = msgspec.convert(values, Settings)
        return {name: getattr(fresh, name) for name in values}

    def done(self, result: int) -> None:
        super().done(result)
        self.deleteLater()


def show_settings(parent: QWidget, texts: Texts, chosen: Chosen, keep: Keep) -> None:
    """Open it without stopping the program."""
    open_dialog(SettingsWindow(parent, texts, chosen, keep))


def _choices(texts: Texts, chosen: Chosen) -> Mapping[str, Sequence[Choice]]:
    """Title of a group -> its choices."""
    make = ChoiceMaker(texts, chosen)
    ringing = {one.value: texts(f"app.settings.ringing.{one.value}") for one in Ringing}
    regions = {one.value: texts(f"app.settings.region.{one.name.lower().replace('_', '-')}") for one in Region}
    return {
        "app.settings.group.program": (make.one_of("language", LANGUAGES), make.one_of("ringing", ringing), make.switch("autostart")),
        "app.settings.group.calendar": (make.one_of("region", regions), make.days("retention_days")),
        "app.settings.group.clients": (make.line("label"), make.line("phone"), make.features()),
    }


def _prescribed(texts: Texts, settings: Settings) -> QGridLayout:
    """What only IT changes, so that a person can read it out on the telephone."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for row, (key, value) in enumerate(_rows(texts, settings)):
        name = texts(key)
        shown = label(value)
        shown.setAccessibleName(f"{name}: {value}")
        grid.addWidget(label(name, "field"), row, 0)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 4)
    return grid


def _rows(texts: Texts, settings: Settings) -> Sequence[tuple[str, str]]:
    sides = ", ".join(texts(f"app.settings.side.{side.value}") for side in settings.relay_only)
    return (
        ("app.settings.link-base", settings.link_base),
        ("app.settings.site", settings.site),
        ("app.settings.relay", ", ".join(settings.turn_urls) or texts("app.settings.none")),
        ("app.settings.relay-only", sides or texts("app.settings.nobody")),
        ("app.settings.udp-ports", settings.udp_ports or texts("app.settings.any-port")),
        ("app.settings.page-languages", ", ".join(settings.page_languages) or texts("app.settings.all-languages")),
    )
