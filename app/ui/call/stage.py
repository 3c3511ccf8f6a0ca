"""The pictures: the client's large, or small beside the screen that they show; one's own in a corner; a sentence where no picture is.

Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.call.screen_view import ScreenView
from app.ui.call.self_view import Corner, SelfView
from app.ui.call.surface import STAGE
from app.ui.parts import button
from app.ui.theme import Theme

_MARGIN = 16
_EDGE = 5
"""Border and padding around a small picture."""
_RING = 3
"""Width of a ring around the stage: outside that of showing, inside that of speaking."""
_BAR = 52
"""Height that is kept free for the buttons of a shown screen."""


class Stage(QWidget):
    """Dark in every theme, so that a face is what one looks at."""

    corner_chosen = Signal(Corner)
    """Where the own picture stands from now on, by the person's wish."""
    pause_over = Signal()
    """The person wants to go on after a pause."""

    def __init__(self, remote: QWidget, own: QWidget, make_screen: Callable[[], ScreenView], texts: Texts, theme: Theme) -> None:
        """`make_screen` is called when the client first shows a screen."""
        super().__init__()
        self._theme = theme
        self._speaking = self._showing = False
        self._make_screen = make_screen
        self._screen: ScreenView | None = None
        self._tile = QFrame(self)
        self._tile.setProperty("kind", "tile")
        self._inside = QVBoxLayout(self._tile)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.addWidget(remote)
        self._remote = remote
        self._remote.setAccessibleName(texts("app.call.remote"))
        self._hint = QLabel(self)
        self._hint.setProperty("kind", "stagehint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self.own = SelfView(own, texts("app.call.own"), texts("app.call.own.move"), self)
        self.own.dropped.connect(self._drop)
        self.own.corner_wanted.connect(self._choose)
        self._pause = self._build_pause(texts)
        self.setMinimumSize(QSize(200, 120))

    def _build_pause(self, texts: Texts) -> QFrame:
        cover = QFrame(self)
        cover.setProperty("kind", "stagecover")
        text = QLabel(texts("app.pause.text"))
        text.setProperty("kind", "stagehint")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        self.go_on = button(texts("app.pause.end"), "primary")
        self.go_on.clicked.connect(self.pause_over)
        column = QVBoxLayout(cover)
        column.addStretch(1)
        column.addWidget(text)
        column.addWidget(self.go_on, alignment=Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        cover.hide()
        return cover

    # ---- showing

    def show_remote(self, hint: str) -> None:
        """The picture where `hint` is empty, otherwise the sentence in its place."""
        self._hint.setText(hint)
        self._hint.setAccessibleName(hint)
        self._hint.setVisible(bool(hint))
        self._tile.setVisible(not hint)

    def show_own(self, visible: bool) -> None:
        """Whether one's own picture is shown."""
        if visible is self.own.isHidden():
            self.own.setVisible(visible)
            self._arrange()

    def show_screen(self, visible: bool) -> None:
        """Whether the client shows a screen: it is large then, the person small."""
        if self._screen is None and visible:
            self._screen = self._make_screen()
            self._screen.setParent(self)
            self._screen.hide()
        if self._screen is not None and visible is self._screen.isHidden():
            self._screen.setVisible(visible)
            self._tile.setProperty("kind", "self" if visible else "tile")
            self._tile.style().unpolish(self._tile)
            self._tile.style().polish(self._tile)
            edge = _EDGE - 2 if visible else 0
            self._inside.setContentsMargins(edge, edge, edge, edge)
            if not visible:
                self._screen.surface.fit()
            self._arrange()

    def show_pause(self, on: bool) -> None:
        """Cover everything with the own pause."""
        if on and self._pause.isHidden():
            self._pause.raise_()
            self._pause.show()
            self.go_on.setFocus()
        self._pause.setVisible(on)

    def show_speaking(self, on: bool) -> None:
        """A ring while the client is heard."""
        if on is not self._speaking:
            self._speaking = on
            self.update()

    def show_showing(self, on: bool) -> None:
        """A red ring while a screen of ours is shown."""
        if on is not self._showing:
            self._showing = on
            self.update()

    def put_own(self, corner: Corner) -> None:
        """Where one's own picture stands."""
        self.own.corner = corner
        self._arrange()

    # ---- inside

    def _choose(self, corner: Corner) -> None:
        if corner is not self.own.corner:
            self.put_own(corner)
            self.corner_chosen.emit(corner)

    def _drop(self, middle: QPoint) -> None:
        left, top = middle.x() < self.width() / 2, middle.y() < self.height() / 2
        self._choose(Corner.at(left, top))
        self._arrange()

    def _arrange(self) -> None:
        whole = self.rect().adjusted(2 * _RING, 2 * _RING, -2 * _RING, -2 * _RING)
        self._hint.setGeometry(whole)
        self._pause.setGeometry(self.rect())
        if self._screen is not None:
            self._screen.setGeometry(whole)
        own = self._small(0)
        further = 0 if self.own.isHidden() else own.height() + _MARGIN // 2
        self._tile.setGeometry(self._small(further) if self.shows_screen else whole)
        self.own.setGeometry(own)
        for above in (self._tile, self.own, self._pause) if self.shows_screen else (self.own, self._pause):
            above.raise_()

    @property
    def shows_screen(self) -> bool:
        """True while the client's screen is large."""
        return self._screen is not None and not self._screen.isHidden()

    def _small(self, further: int) -> QRect:
        """The place of a small picture in the own one's corner, so many pixels further in."""
        sixteenth = max(7, min(14, self.width() // 64))
        width, height = 16 * sixteenth + 2 * _EDGE, 9 * sixteenth + 2 * _EDGE
        corner = self.own.corner
        low = _MARGIN + (_BAR if self.shows_screen else 0)
        x = _MARGIN if corner.is_left else self.width() - width - _MARGIN
        y = _MARGIN + further if corner.is_top else self.height() - height - low - further
        return QRect(x, y, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), STAGE)
        for wanted, colour, depth in ((self._showing, "showing", 0), (self._speaking, "speaking", _RING)):
            if wanted:
                ring = self.rect().adjusted(depth, depth, -depth, -depth)
                self._paint_ring(painter, ring, colour)

    def _paint_ring(self, painter: QPainter, ring: QRect, colour: str) -> None:
        for side in (
            QRect(ring.left(), ring.top(), ring.width(), _RING),
            QRect(ring.left(), ring.bottom() - _RING + 1, ring.width(), _RING),
            QRect(ring.left(), ring.top(), _RING, ring.height()),
            QRect(ring.right() - _RING + 1, ring.top(), _RING, ring.height()),
        ):
            painter.fillRect(side, self._theme.colour(colour))
