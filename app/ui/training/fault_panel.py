"""Every fault of the table with two switches: on our side, on the client's. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QVBoxLayout, QWidget

from app.domain.checks import Fault, Part, Side
from app.ui.parts import button, label, scrolled
from app.ui.training.parts import TrainerParts


class FaultPanel(QWidget):
    """Grouped by part. Below the list stands what each side sees of the fault on which the keyboard or the mouse is."""

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self._parts, self._texts, self._faults = parts, parts.texts, parts.training.faults
        self.switches: dict[tuple[Side, Fault], QCheckBox] = {}
        self._name, self._ours, self._theirs = label("", "strong"), label(), label()
        self.all_well = button(self._texts("app.training.fault.all-well"), "primary")
        self.all_well.clicked.connect(self._faults.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(label(self._texts("app.training.fault.intro"), "muted"))
        column.addWidget(scrolled(self._list()), 1)
        column.addWidget(self._detail())
        column.addWidget(self.all_well)
        self._unsubscribe = self._faults.changed.subscribe(lambda _side: self.refresh())
        self._tell(self._faults.can(Side.CLIENT)[0])

    def _list(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setColumnStretch(0, 1)
        grid.setHorizontalSpacing(14)
        for part in Part:
            row = grid.rowCount()
            grid.addWidget(label(self._parts.wording.part(part), "section"), row, 0)
            for at, side in enumerate(Side):
                grid.addWidget(label(self._side(side), "section"), row, at + 1)
            for fault in self._of(part):
                self._row(grid, fault)
        return made

    def _of(self, part: Part) -> list[Fault]:
        table = self._faults.table
        return [row.fault for row in table.rows if row.part is part]

    def _row(self, grid: QGridLayout, fault: Fault) -> None:
        row, name = grid.rowCount(), self._texts(f"app.training.fault.{fault.value}")
        said = label(name)
        _Pointing(said, lambda: self._tell(fault))
        grid.addWidget(said, row, 0)
        for at, side in enumerate(Side):
            if side in self._faults.table.row(fault).provoked_by:
                switch = QCheckBox()
                switch.setAccessibleName(f"{name}: {self._side(side)}")
                switch.toggled.connect(lambda on, side=side: self._switch(side, fault, on))
                _Pointing(switch, lambda: self._tell(fault))
                grid.addWidget(switch, row, at + 1)
                self.switches[side, fault] = switch

    def _side(self, side: Side) -> str:
        return self._texts(f"app.training.side.{side.value}")

    def _detail(self) -> QWidget:
        frame = QFrame()
        frame.setProperty("kind", "card")
        column = QVBoxLayout(frame)
        for shown in (self._name, self._ours, self._theirs):
            column.addWidget(shown)
        return frame

    def _switch(self, side: Side, fault: Fault, on: bool) -> None:
        self._tell(fault)
        if (fault in self._faults.on(side)) is not on:
            self._faults.switch(side, fault, on)

    def _tell(self, fault: Fault) -> None:
        """What each side sees."""
        row, wording = self._faults.table.row(fault), self._parts.wording
        self._name.setText(self._texts(f"app.training.fault.{fault.value}"))
        ours = f"{wording.sentence(fault)} {wording.action(fault)}" if Side.COUNSELLOR in row.provoked_by else ""
        theirs = self._on_the_page(fault) if Side.CLIENT in row.provoked_by else ""
        nothing = self._texts("app.training.fault.not-met")
        self._ours.setText(self._texts("app.training.fault.ours", text=ours or nothing))
        self._theirs.setText(self._texts("app.training.fault.theirs", text=theirs or nothing))

    def _on_the_page(self, fault: Fault) -> str:
        page = self._parts.page_texts
        return f"{page(f'page.fault.{fault.value}.sentence')} {page(f'page.fault.{fault.value}.action')}"

    def refresh(self) -> None:
        """As the faults stand now."""
        for (side, fault), switch in self.switches.items():
            switch.setChecked(fault in self._faults.on(side))

    def close_down(self) -> None:
        """Hear no more."""
        self._unsubscribe()


class _Pointing(QObject):
    """Says when the keyboard or the mouse comes to a widget."""

    def __init__(self, widget: QWidget, reached: Callable[[], None]) -> None:
        super().__init__(widget)
        self._reached = reached
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Enter):
            self._reached()
        return False
