"""The invitation: every way of giving the link out, side by side. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QWidget

from app.ui.announce import announce
from app.ui.appointment.asking import dialog_column
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.ways_out import CodeWay, CopyWay, MailWay, PaperWay, WayOut
from app.ui.appointment.words import AppointmentWords
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit, scrolled


class InvitationWindow(QDialog):
    """Each way is a tab; all of them lead into the same waiting room."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(parent)
        self.setWindowTitle(parts.texts("app.letter.title"))
        self.model = model
        self.destroyed.connect(model.close)
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self.ways: dict[str, WayOut] = {
            "mail": MailWay(model, parts, self._words),
            "paper": PaperWay(model, parts),
            "code": CodeWay(model, parts),
            "copy": CopyWay(model, parts),
        }
        self._lay_out()
        model.changed.connect(self._show)
        model.gone.connect(self.reject)
        parts.quiet.changed.connect(self._show)
        parts.theme.changed.connect(self._dress)
        self._dress()
        self._show()
        resize_to_fit(self, QSize(640, 720))

    def _lay_out(self) -> None:
        texts = self._parts.texts
        self._who, self._said, self._dead_link = label("", "muted"), label("", "strong"), label("", "warn")
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName(texts("app.letter.ways"))
        for name, way in self.ways.items():
            self._tabs.addTab(scrolled(way), texts(f"app.letter.tab.{name}"))
            way.handed_over.connect(self._note_handed_over)
        close = button(texts("app.close"))
        close.clicked.connect(self.reject)
        column = dialog_column(self)
        column.addWidget(label(texts("app.letter.title"), "title"))
        column.addWidget(self._who)
        column.addWidget(NoticeBar(self._parts.messages, texts, self._parts.theme, self))
        column.addWidget(self._dead_link)
        column.addWidget(self._tabs, 1)
        row = QHBoxLayout()
        row.addWidget(self._said, 1)
        row.addWidget(close)
        column.addLayout(row)

    def show_way(self, name: str) -> None:
        """Bring a tab up: mail, paper, code, copy."""
        self._tabs.setCurrentIndex(list(self.ways).index(name))

    def _show(self) -> None:
        appointment = self.model.appointment
        self._who.setText(f"{self._words.name(appointment)} · {self._words.when(appointment.starts_at, appointment.minutes)}")
        self._dead_link.setText(self.model.dead_link)
        self._dead_link.setVisible(bool(self.model.dead_link))
        for way in self.ways.values():
            way.show_model()

    def _dress(self) -> None:
        for way in self.ways.values():
            way.dress()

    def _note_handed_over(self, key: str) -> None:
        self._said.setText(self._parts.texts(key))
        announce(self, self._said.text())
        self.model.handed_over()

    def done(self, result: int) -> None:
        super().done(result)
        self.model.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()
