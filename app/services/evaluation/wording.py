"""Figures in the words and numbers of one language (catalogue part `app.evaluation`). Imports the domain only."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from app.domain.disclosure import Share
from app.domain.evaluation import Published, Quarter
from app.services.evaluation.export import Reason
from app.texts import Texts

_TITLES = {"question": "app.evaluation.question.", "about": "app.evaluation.about.", "take-up": "app.evaluation.take-up."}


class Wording:
    """One language."""

    def __init__(self, texts: Texts) -> None:
        self.text = texts
        self.language = texts.language
        self._locale = "en_GB" if texts.language == "en" else texts.language  # dates as the rest of the English is written

    def number(self, number: int) -> str:
        """`12.345`."""
        return format_decimal(number, locale=self._locale)

    def count(self, number: int | None) -> str:
        """The number, or why it is not said."""
        return self.text("app.evaluation.too-few") if number is None else self.number(number)

    def share(self, share: Share | None) -> str:
        """Whole percent; the ends of the scale are never said."""
        if share is None:
            return self.text("app.evaluation.too-few")
        percent = round(share.value * 100)
        if share.below or percent == 0:
            return self.text("app.evaluation.below", percent=max(percent, 1))
        if share.above or percent == 100:
            return self.text("app.evaluation.above", percent=min(percent, 99))
        return self.text("app.evaluation.percent", percent=percent)

    def published(self, published: Published | None) -> str:
        """`96–97 %`."""
        if published is None:
            return "–"
        percent = f"{published.low}" if published.low == published.high else f"{published.low}–{published.high}"
        return self.text("app.evaluation.percent", percent=percent)

    def day(self, day: date) -> str:
        """`6. Juli 2026`."""
        return format_date(day, "long", locale=self._locale)

    def quarter(self, quarter: Quarter) -> str:
        """`3. Quartal 2026`."""
        return self.text("app.evaluation.quarter", number=quarter.number, year=quarter.year)

    def indicator(self, id_: str) -> str:
        """What it is a share of."""
        return self.text(f"app.evaluation.indicator.{id_}")

    def short(self, id_: str) -> str:
        """An indicator in a narrow column."""
        return self.text(f"app.evaluation.short.{id_}")

    def reason(self, reason: Reason) -> str:
        """Why a file is not counted, and what to do."""
        return self.text(f"app.evaluation.reason.{reason.value}")

    def title(self, kind: str, id_: str) -> str:
        """Of a question, a statement or a table of the take-up."""
        return self.text(_TITLES[kind] + id_)

    def answer(self, kind: str, id_: str, answer: str) -> str:
        """What an answer of a question, a statement or a counter says."""
        if kind == "about":
            return self.text(f"app.evaluation.said.{answer}")
        if kind == "question":
            return answer if answer.isdigit() else self.text(f"app.evaluation.answer.{answer}")
        if id_ == "language":
            return self.text(f"app.evaluation.language.{answer}")
        return self.text(f"app.evaluation.counter.{answer}")
