"""Who waits, as cards with real buttons above the list: the most urgent thing of the window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.card import NOTICES, WaitingCard
from app.ui.agenda.view_model import AgendaViewModel, Waiting
from app.ui.parts import label
from app.ui.quiet import Quiet
from app.ui.shortcuts import Shortcut, bind
from app.ui.theme import Theme
from app.ui.wording import Wording
from app.wire.messages import Notice


class WaitingPanel(QWidget):
    """A card for each waiting client, the longest waiting on top. Cards are kept while their seat waits, so that focus stays."""

    admit = Signal(object)
    remove = Signal(object)
    check = Signal()

    def __init__(self, view_model: AgendaViewModel, quiet: Quiet, texts: Texts, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._view_model = view_model
        self._quiet = quiet
        self._texts = texts
        self._wording = wording
        self._theme = theme
        self._offers_check = False
        self._cards: dict[str, WaitingCard] = {}
        heading = label(texts("app.waiting.heading"), "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._column.addWidget(heading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        view_model.changed.connect(self._refresh)
        quiet.changed.connect(self._refresh)
        theme.changed.connect(self._dress)
        self._refresh()

    def offer_check(self) -> None:
        """There is a device check: every card leads to it."""
        self._offers_check = True

    def bind_keys(self, window: QWidget) -> None:
        """Messages and silence for the person whose card has the keyboard, otherwise for who waits longest."""
        for notice, shortcut in NOTICES.items():
            bind(window, shortcut, partial(self._tell, notice))
        bind(window, Shortcut.SILENCE_PERSON, self._silence)

    def _tell(self, notice: Notice) -> None:
        if self.meant is not None:
            self._view_model.tell(self.meant.waiting, notice)

    def _silence(self) -> None:
        if self.meant is not None:
            self.meant.bell.click()

    @property
    def first(self) -> WaitingCard | None:
        """Of who waits longest."""
        return next((self._cards[one.seat.seat] for one in self._view_model.waiting), None)

    @property
    def meant(self) -> WaitingCard | None:
        """Whom a key means."""
        return next((card for card in self._cards.values() if card.isAncestorOf(self.focusWidget() or self)), self.first)

    def _refresh(self) -> None:
        waiting = self._view_model.waiting
        for seat in set(self._cards) - {w.seat.seat for w in waiting}:
            self._drop(self._cards.pop(seat))
        for one in waiting:
            card = self._cards.get(one.seat.seat) or self._add(one)
            silenced = self._quiet.is_silenced(one.seat.seat)
            card.show_waiting(one, self._view_model.now, self._view_model.is_held_up(one), silenced)
        self._put_in_order([self._cards[one.seat.seat] for one in waiting])
        self.setVisible(bool(waiting))

    def _put_in_order(self, cards: Sequence[WaitingCard]) -> None:
        """Who was gone for a while returns to their place; nothing moves otherwise, so that the keyboard stays where it is."""
        first = self._column.count() - len(cards)
        for place, card in enumerate(cards, first):
            if self._column.indexOf(card) != place:
                self._column.removeWidget(card)
                self._column.insertWidget(place, card)

    def _add(self, waiting: Waiting) -> WaitingCard:
        card = WaitingCard(waiting, self._texts, self._wording, self._theme)
        card.admit.connect(self.admit)
        card.remove.connect(self.remove)
        card.tell.connect(self._view_model.tell)
        card.silence.connect(lambda one, on: self._quiet.set_silenced(one.seat.seat, on))
        card.check.connect(self.check)
        if self._offers_check:
            card.offer_check()
        self._cards[waiting.seat.seat] = card
        self._column.addWidget(card)
        return card

    def _drop(self, card: WaitingCard) -> None:
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _dress(self) -> None:
        for card in self._cards.values():
            card.dress()
