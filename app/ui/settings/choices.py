"""One choice about the program: its name, its control, and who has set it. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.domain.features import Feature
from app.services.policies import RULES, read
from app.services.profile import Settings
from app.texts import Texts
from app.ui.appointment.fields import Field, padded

_RULES = {rule.name: rule for rule in RULES}
MAY_BE_EMPTY = frozenset({"phone", "region"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands in the profile, and what the agency has put above it."""

    own: Settings
    in_force: Settings
    locked: frozenset[str]
    """Names of `Settings` that the agency prescribes."""

    def holds(self, name: str) -> Any:
        """The prescribed value, else the person's own."""
        return getattr(self.in_force if name in self.locked else self.own, name)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of `Settings` as it stands in the window."""

    name: str
    field: Field
    value: Callable[[], Any]
    """As `settings.json` has it."""
    before: Any
    """What stood there at first."""

    @property
    def open(self) -> bool:
        """Whether the person can change it."""
        return self.field.control.isEnabled()

    def usable(self) -> bool:
        """Whether the program could start with it: a policy's value has to pass the same."""
        value = self.value()
        if value == "" and self.name in MAY_BE_EMPTY:
            return True
        try:
            read(_RULES[self.name], value)
        except (msgspec.ValidationError, ValueError):
            return False
        return True


class _LeavesTheWheel(QObject):
    """Turning it scrolls the window, and changes nothing that lies under the pointer."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.Wheel:
            return False
        event.ignore()
        return True


class ChoiceMaker:
    """Makes them. What is locked cannot be changed, and its hint says who has set it."""

    def __init__(self, texts: Texts, chosen: Chosen) -> None:
        self._texts = texts
        self._chosen = chosen

    def line(self, name: str) -> Choice:
        """A short text."""
        control = QLineEdit(self._chosen.holds(name))
        return self._choice(name, control, lambda: control.text().strip())

    def one_of(self, name: str, values: Mapping[str, str]) -> Choice:
        """`values`: what is kept -> what a person reads."""
        control = QComboBox()
        control.installEventFilter(_LeavesTheWheel(control))
        for value, text in values.items():
            control.addItem(text, value)
        holds = self._chosen.holds(name)
        control.setCurrentIndex(max(0, control.findData(holds.value if isinstance(holds, Enum) else holds)))
        return self._choice(name, control, control.currentData)

    def days(self, name: str) -> Choice:
        """A prescribed number is the most that there may be; to take less stays the person's choice."""
        rule, locked = _RULES[name], name in self._chosen.locked
        most = getattr(self._chosen.in_force, name) if locked else rule.most
        control = padded(QSpinBox())
        control.installEventFilter(_LeavesTheWheel(control))
        control.setRange(rule.least, most)
        control.setSuffix(f" {self._texts('app.settings.days')}")
        control.setValue(getattr(self._chosen.own, name))
        hint = "app.settings.at-most" if locked else f"app.settings.{name}.more"
        return Choice(
            name, Field(self._texts(f"app.settings.{name}"), control, self._texts(hint, most=most)), control.value, control.value()
        )

    def switch(self, name: str) -> Choice:
        """On or off."""
        control = QCheckBox(self._texts(f"app.settings.{name}.on"))
        control.setChecked(self._chosen.holds(name))
        return self._choice(name, control, control.isChecked)

    def features(self) -> Choice:
        """What conversations offer: a box for each."""
        control, boxes = QWidget(), {}
        column = QVBoxLayout(control)
        column.setContentsMargins(0, 0, 0, 0)
        for feature in Feature:
            box = boxes[feature] = QCheckBox(self._texts(f"app.settings.features.{feature.value}"))
            box.setChecked(feature in self._chosen.holds("features"))
            column.addWidget(box)
        return self._choice("features", control, lambda: [feature.value for feature, box in boxes.items() if box.isChecked()])

    def _choice(self, name: str, control: QWidget, value: Callable[[], Any]) -> Choice:
        locked = name in self._chosen.locked
        control.setEnabled(not locked)
        hint = "app.settings.locked" if locked else f"app.settings.{name}.more"
        return Choice(name, Field(self._texts(f"app.settings.{name}"), control, self._texts(hint)), value, value())
