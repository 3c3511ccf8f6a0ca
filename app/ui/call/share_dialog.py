"""Asks what to show: one window is the default, our own windows are not offered. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QStackedLayout, QVBoxLayout, QWidget

from app.media.ports import FrameSlot, I420Frame
from app.texts import Texts
from app.ui.call.surface import PaintedSurface, Scaler
from app.ui.parts import button, label
from app.ui.screens import ScreenError, Screens, ScreenTrouble, Shown


def in_words(shown: Shown, texts: Texts) -> str:
    """The thing as a person calls it."""
    return texts("app.share.window" if shown.is_window else "app.share.screen", name=shown.name)


class ShareDialog(QDialog):
    """A list, a live picture of what is selected, and one button. The list is read anew each time the dialog gets the keyboard."""

    chosen = Signal(object, object)
    """The `Screens` and what of them to show (`Shown`)."""

    def __init__(self, parent: QWidget, screens: Screens, scale: Scaler, texts: Texts) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts("app.share.title"))
        self._screens = screens
        self._texts = texts
        self._slot: FrameSlot[I420Frame] = FrameSlot()
        self._choices: list[Shown] = []
        self._list = QListWidget()
        self._list.setAccessibleName(texts("app.share.list"))
        self._list.setUniformItemSizes(True)
        self._preview = PaintedSurface(self._slot, scale)
        self._preview.setAccessibleName(texts("app.share.preview"))
        self._none = label(texts("app.share.no-preview"), "muted")
        self._warning = label(rank="warn")
        self._begin = button(texts("app.share.begin"), "primary")
        self._cancel = button(texts("app.cancel"))
        self._lay_out()
        self._list.currentRowChanged.connect(self._show)
        self._list.itemDoubleClicked.connect(lambda _item: self._choose())
        self._begin.clicked.connect(self._choose)
        self._cancel.clicked.connect(self.reject)
        self._preview.painted.connect(lambda _frame: self._pages.setCurrentIndex(1))
        screens.trouble.connect(self._fail)
        self._read()
        self._list.setFocus()

    def _lay_out(self) -> None:
        pane = QWidget()
        pane.setFixedSize(QSize(320, 200))
        self._pages = QStackedLayout(pane)
        self._pages.setStackingMode(QStackedLayout.StackingMode.StackAll)
        self._pages.addWidget(self._none)
        self._pages.addWidget(self._preview)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(pane)
        right.addWidget(self._warning)
        right.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self._list, 1)
        middle.addLayout(right)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(label(self._texts("app.share.title"), "title"))
        column.addWidget(label(self._texts("app.share.more"), "muted"))
        column.addLayout(middle, 1)
        column.addLayout(row)
        self.resize(760, 460)

    def _read(self) -> None:
        choices = list(self._screens.choices())
        names = [(shown.name, shown.is_window) for shown in choices]
        if names == [(shown.name, shown.is_window) for shown in self._choices] and self._list.count():
            return
        kept = self._list.currentItem().text() if self._list.currentItem() is not None else ""
        self._choices = choices
        self._list.clear()
        for shown in choices:
            QListWidgetItem(in_words(shown, self._texts), self._list)
        rows = [row for row in range(self._list.count()) if self._list.item(row).text() == kept]
        self._list.setCurrentRow(rows[0] if rows else 0)
        self._begin.setEnabled(bool(choices))
        if not choices:
            self._warning.setText(self._texts("app.share.nothing"))

    def _show(self, row: int) -> None:
        self._screens.stop()
        self._slot.clear()
        self._pages.setCurrentIndex(0)
        shown = self._choices[row] if 0 <= row < len(self._choices) else None
        self._warning.setText(self._texts("app.share.whole") if shown is not None and not shown.is_window else "")
        if shown is not None and self._screens.has_previews:
            self._screens.choose(shown)
            try:
                self._screens.start(self._slot)
            except ScreenError as error:
                self._fail(error.trouble)

    def _fail(self, trouble: ScreenTrouble) -> None:
        self._pages.setCurrentIndex(0)
        self._warning.setText(self._texts(trouble.value))

    def _choose(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._choices):
            self.accept()
            self.chosen.emit(self._screens, self._choices[row])

    def done(self, result: int) -> None:
        """Qt's one door out of a dialog: no picture is taken any more."""
        self._screens.trouble.disconnect(self._fail)
        self._screens.stop()
        super().done(result)
        self.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._read()
