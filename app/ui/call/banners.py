"""The two bars above the pictures: "Identität geprüft", and taking back the end. Imports Qt and `app.ui` only."""

from __future__ import annotations

from app.texts import Texts
from app.ui.banner import Banner


def identity_banner(texts: Texts) -> Banner:
    """Stands until the counsellor has made sure whom they speak to."""
    return Banner(texts("app.identity.text"), texts("app.identity.checked"))


class UndoBanner(Banner):
    """Counts the seconds in which the end can be taken back."""

    def __init__(self, texts: Texts) -> None:
        super().__init__("", texts("app.end.undo"))
        self._texts = texts
        self.hide()

    def show_seconds(self, seconds: int) -> None:
        """Say how long is left."""
        self.text.setText(self._texts("app.end.ending", seconds=seconds))
