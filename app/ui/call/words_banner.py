"""Says that the safety words are to be compared again, or that nobody vouches for the line. Imports Qt and `app.ui` only."""

from __future__ import annotations

from app.services.ports import WordsState
from app.texts import Texts
from app.ui.banner import Banner

_SAID = {WordsState.COMPARE_AGAIN: "app.words.banner.compare-again", WordsState.BROKEN: "app.words.banner.broken"}


class WordsBanner(Banner):
    """Its button leads to the words."""

    def __init__(self, texts: Texts) -> None:
        super().__init__("", texts("app.words.banner.show"))
        self._texts = texts
        self.hide()

    def show_state(self, state: WordsState, in_sight: bool) -> None:
        """Take over how the words stand; where they are `in_sight` their own panel says it."""
        key = _SAID.get(state)
        self.show_text(self._texts(key) if key is not None and not in_sight else "", urgent=True)
