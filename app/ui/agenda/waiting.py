"""Who waits, as cards with real buttons above the list: the most urgent thing of the window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel, Waiting
from app.ui.parts import button, label
from app.ui.shortcuts import Shortcut
from app.ui.theme import Theme
from app.ui.wording import Wording


class WaitingCard(QFrame):
    """One waiting client."""

    admit = Signal(object)
    """The `Waiting` to let in."""
    remove = Signal(object)

    def __init__(self, waiting: Waiting, texts: Texts, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "waiting")
        self._waiting = waiting
        self._texts = texts
        self._wording = wording
        self._title = label(rank="large")
        self._state = label()
        self.button = button(texts("app.waiting.admit"), "primary")
        self.button.clicked.connect(lambda: self.admit.emit(self._waiting))
        self.button.setIcon(theme.icon("admit", "on_accent"))
        self.button.setToolTip(f"{texts(Shortcut.ADMIT.text_key)} ({Shortcut.ADMIT.shown})")
        self._remove = button(texts("app.waiting.remove"), "quiet")
        self._remove.clicked.connect(lambda: self.remove.emit(self._waiting))
        self._remove.setToolTip(texts("app.waiting.remove.more"))
        self._lay_out()

    @property
    def seat(self) -> str:
        return self._waiting.seat.seat

    def show_waiting(self, waiting: Waiting, now: int, held_up: bool) -> None:
        """Take over what is known now; `held_up` while another conversation runs."""
        self._waiting = waiting
        heading = f"{self._wording.time(waiting.room.starts_at)} · {self._wording.heading(waiting.room)}"
        sentence = self._wording.waits(waiting.seat.since, now)
        if waiting.other_seat is not None:
            sentence += " " + self._texts("app.waiting.other-device")
        if held_up:
            sentence += " " + self._texts("app.waiting.session-runs")
        self._title.setText(heading)
        self._state.setText(sentence)
        for act in (self.button, self._remove):
            act.setAccessibleDescription(f"{heading}. {sentence}")

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._state)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 14, 14, 14)
        row.setSpacing(10)
        row.addLayout(words, 1)
        row.addWidget(self._remove)
        row.addWidget(self.button)


class WaitingPanel(QWidget):
    """A card for each waiting client, the longest waiting on top. Cards are kept while their seat waits, so that focus stays."""

    admit = Signal(object)
    remove = Signal(object)

    def __init__(self, view_model: AgendaViewModel, texts: Texts, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._view_model = view_model
        self._texts = texts
        self._wording = wording
        self._theme = theme
        self._cards: dict[str, WaitingCard] = {}
        heading = label(texts("app.waiting.heading"), "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._column.addWidget(heading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        view_model.changed.connect(self._refresh)
        theme.changed.connect(self._dress)
        self._refresh()

    @property
    def first(self) -> WaitingCard | None:
        """Of who waits longest."""
        return next(iter(self._cards.values()), None)

    def _refresh(self) -> None:
        waiting = self._view_model.waiting
        for seat in set(self._cards) - {w.seat.seat for w in waiting}:
            self._drop(self._cards.pop(seat))
        for one in waiting:
            card = self._cards.get(one.seat.seat) or self._add(one)
            card.show_waiting(one, self._view_model.now, self._view_model.is_held_up(one))
        self.setVisible(bool(waiting))

    def _add(self, waiting: Waiting) -> WaitingCard:
        card = WaitingCard(waiting, self._texts, self._wording, self._theme)
        card.admit.connect(self.admit)
        card.remove.connect(self.remove)
        self._cards[waiting.seat.seat] = card
        self._column.addWidget(card)
        return card

    def _drop(self, card: WaitingCard) -> None:
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _dress(self) -> None:
        for card in self._cards.values():
            card.button.setIcon(self._theme.icon("admit", "on_accent"))
