"""The trainer's own window: client, faults, script, mails, and what holds for all of it. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit, scrolled
from app.ui.training import keys
from app.ui.training.client_panel import ClientPanel
from app.ui.training.fault_panel import FaultPanel
from app.ui.training.mail_panel import MailPanel
from app.ui.training.mark import TrainingMark
from app.ui.training.parts import TrainerParts
from app.ui.training.script_panel import ScriptPanel

SIZE = QSize(600, 720)


class TrainerWindow(QWidget):
    """Closing it only puts it away; the training ends with the program's main window."""

    reset_wanted = Signal()
    large_wanted = Signal(bool)
    phone_wanted = Signal()
    notes_wanted = Signal()
    paper_wanted = Signal()

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self.setObjectName("window")
        texts = parts.texts
        self.setWindowTitle(texts("app.training.window"))
        self.client, self.faults = ClientPanel(parts), FaultPanel(parts)
        self.script, self.mails = ScriptPanel(parts), MailPanel(parts)
        self.reset = button(f"{texts('app.training.reset')} ({keys.shown(keys.RESET)})")
        self.large = button(f"{texts('app.training.large')} ({keys.shown(keys.LARGE)})")
        self.phone = button(texts("app.training.phone"))
        self.notes = button(texts("app.training.notes"))
        self.paper = button(texts("app.training.paper"))
        self.large.setCheckable(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(texts("app.training.window"))
        for key, page in (
            ("app.training.tab.client", scrolled(self.client)),
            ("app.training.tab.faults", self.faults),
            ("app.training.tab.script", self.script),
            ("app.training.tab.mails", self.mails),
        ):
            self.tabs.addTab(page, texts(key))
        self._build(parts)
        self.reset.clicked.connect(self.reset_wanted)
        self.large.toggled.connect(self.large_wanted)
        self.phone.clicked.connect(self.phone_wanted)
        self.notes.clicked.connect(self.notes_wanted)
        self.paper.clicked.connect(self.paper_wanted)

    def _build(self, parts: TrainerParts) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(10)
        column.addWidget(TrainingMark(parts.texts))
        column.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))
        acts = QGridLayout()
        acts.setContentsMargins(16, 4, 16, 0)
        acts.setSpacing(8)
        acts.addWidget(self.reset, 0, 0, 1, 3)
        acts.addWidget(self.large, 0, 3, 1, 3)
        for at, act in enumerate((self.phone, self.notes, self.paper)):
            acts.addWidget(act, 1, 2 * at, 1, 2)
        column.addLayout(acts)
        column.addWidget(self.tabs, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(label(parts.texts("app.training.foot"), "muted"))
        column.addLayout(foot)
        resize_to_fit(self, SIZE)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Minimised only, unless the training ends: there is no other way back to it."""
        if self.property("ending"):
            event.accept()
            return
        event.ignore()
        self.setWindowState(self.windowState() | Qt.WindowState.WindowMinimized)

    def close_down(self) -> None:
        """Hear no more, and go."""
        for panel in (self.client, self.faults, self.script):
            panel.close_down()
        self.setProperty("ending", True)
        self.close()
