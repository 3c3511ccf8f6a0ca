"""The client's telephone, drawn beside the window: what the simulated client's page would show, and the counsellor's real picture as it
arrived over the line. Imports Qt and `app.ui` only.

Nothing here can be pressed by the group: the client does what the trainer's panel says.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui.call.surface import PaintedSurface
from app.ui.parts import button, label, resize_to_fit
from app.ui.training.mark import TrainingMark
from app.ui.training.parts import TrainerParts
from app.ui.training.phone_words import PhoneScreen, phone_screen

EDGE = 14
"""Dots of the frame round the glass."""
ROUND = 34.0
BODY, GLASS = QColor("#1b2227"), QColor("#ffffff")
LETTERS_WIDE, LINES_HIGH = 40, 32
"""So large is the glass in letters of the window's font, so that it grows with it."""


class Telephone(QFrame):
    """The body; the glass is its content."""

    def __init__(self, parts: TrainerParts, phone: str) -> None:
        super().__init__()
        self._parts, self._phone = parts, phone
        self.shown: PhoneScreen | None = None
        self.picture = PaintedSurface(parts.training.client.media.seen, parts.make_scaler())
        self.screen_picture = PaintedSurface(parts.training.client.media.screen, parts.make_scaler())
        self._title, self._lines = QLabel(), QVBoxLayout()
        self._title.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(EDGE + 12, EDGE + 26, EDGE + 12, EDGE + 26)
        self._column.setSpacing(10)
        for surface in (self.picture, self.screen_picture):
            surface.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._column.addWidget(surface, 3)
        self._column.addWidget(self._title)
        self._column.addLayout(self._lines)
        self._column.addStretch(1)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(LETTERS_WIDE * metrics.averageCharWidth() + 2 * EDGE, LINES_HIGH * metrics.lineSpacing() + 2 * EDGE)

    def refresh(self) -> None:
        """As the client's page stands now."""
        client = self._parts.training.client
        screen = phone_screen(client, self._parts.page_texts, self._phone, self._words)
        if screen == self.shown:
            return
        self.shown = screen
        self.picture.setVisible(screen.room)
        self.screen_picture.setVisible(screen.room and client.talk.counsellor.screen)
        self._title.setText(screen.title)
        self._title.setStyleSheet("color: #14181c; font-weight: 600;")
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for line in screen.lines:
            self._lines.addWidget(_text(line))
        for number, name in enumerate(screen.buttons):
            self._lines.addWidget(_drawn_button(name, number == 0 and not screen.room))
        self.setAccessibleName(" ".join((screen.title, *screen.lines)))

    def _words(self, indices: tuple[int, ...]) -> str:
        words = self._parts.words(self._parts.page_texts.language)
        return " · ".join(words[index] for index in indices)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A picture stands as wide as the glass, without bars above and below it."""
        for surface in (self.picture, self.screen_picture):
            surface.setMaximumHeight(round(self._column.contentsRect().width() * 9 / 16))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        body = QRectF(self.rect())
        painter.setBrush(BODY)
        painter.drawRoundedRect(body, ROUND, ROUND)
        painter.setBrush(GLASS)
        glass = body.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        painter.drawRoundedRect(glass, ROUND - EDGE / 2, ROUND - EDGE / 2)
        painter.setBrush(BODY)
        painter.drawRoundedRect(QRectF(glass.center().x() - 30, glass.top() + 8, 60, 8), 4, 4)
        painter.end()


class PhoneWindow(QWidget):
    """Stands beside the main window."""

    page_wanted = Signal()
    """The real page, in a browser."""

    def __init__(self, parts: TrainerParts, phone: str) -> None:
        super().__init__()
        self.setObjectName("window")
        texts = parts.texts
        self.setWindowTitle(texts("app.training.phone"))
        self.telephone = Telephone(parts, phone)
        self.open_page = button(texts("app.training.phone.open-page"))
        self.open_page.clicked.connect(self.page_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(TrainingMark(texts))
        column.addWidget(self.telephone, 1)
        column.addWidget(label(texts("app.training.phone.drawn"), "muted"))
        column.addWidget(self.open_page)
        resize_to_fit(self, self.sizeHint())
        self._unsubscribe = parts.training.changed.subscribe(lambda _none: self.telephone.refresh())

    def close_down(self) -> None:
        """Hear no more, and go."""
        self._unsubscribe()
        self.close()


def _text(said: str) -> QLabel:
    made = QLabel(said)
    made.setWordWrap(True)
    made.setStyleSheet("color: #14181c;")
    return made


def _drawn_button(name: str, main: bool) -> QLabel:
    made = QLabel(name)
    made.setWordWrap(True)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    look = "background: #0b5a7d; color: white;" if main else "color: #0b5a7d; border: 1px solid #0b5a7d;"
    made.setStyleSheet(f"{look} border-radius: 8px; padding: 8px;")
    return made
