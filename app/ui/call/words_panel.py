"""The safety words, large, with what to do and what they do not prove. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.ports import SafetyWords, WordsState
from app.texts import Texts
from app.ui.announce import announce
from app.ui.parts import label, set_rank

_RANK = {WordsState.COMPARE_AGAIN: "warn", WordsState.BROKEN: "danger", WordsState.KEPT: "good"}
_ANNOUNCED = (WordsState.READY, WordsState.COMPARE_AGAIN, WordsState.BROKEN)


class WordsPanel(QWidget):
    """Four numbered words, one below the other, so that both read in the same order."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._state = label()
        self._words: list[QLabel] = []
        self._grid = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 0, 20, 18)
        column.setSpacing(12)
        column.addWidget(label(self._texts("app.words.title"), "large"))
        column.addWidget(self._state)
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setSpacing(8)
        for number in range(4):
            grid.addWidget(self._word(number), number, 0)
        column.addWidget(self._grid)
        column.addWidget(label(self._texts("app.words.limits"), "muted"))
        column.addStretch(1)

    def _word(self, number: int) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "word")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 6, 12, 6)
        count = label(f"{number + 1}", "muted")
        count.setFixedWidth(24)
        word = label("", "words")
        self._words.append(word)
        row.addWidget(count)
        row.addWidget(word, 1)
        return frame

    def show_words(self, shown: SafetyWords) -> None:
        """Take over what stands now."""
        text = self._texts(f"app.words.state.{shown.state.value}")
        changed = self._state.text() != text
        self._state.setText(text)
        set_rank(self._state, _RANK.get(shown.state, ""))
        self._grid.setVisible(bool(shown.words))
        for place, word in zip(self._words, shown.words, strict=False):
            place.setText(word)
        if changed and shown.state in _ANNOUNCED and self.isVisible():  # elsewhere the banner says it
            announce(self, f"{text} {', '.join(shown.words)}", urgent=shown.state is WordsState.BROKEN)
