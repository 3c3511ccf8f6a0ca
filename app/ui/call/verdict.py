"""One verdict on the line in words, with one way out. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.domain.line import LineVerdict
from app.texts import Texts
from app.ui.banner import Banner

_NO_WORDS = (LineVerdict.UNKNOWN, LineVerdict.GOOD)


class VerdictBanner(Banner):
    """Offers to switch the own camera off, or, where it is off already, to go on by phone."""

    camera_off_wanted = Signal()
    by_phone_wanted = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__("", texts("app.verdict.camera-off"))
        self._texts = texts
        self._camera = True
        self.pressed.connect(self._go)
        self.hide()

    def show_verdict(self, verdict: LineVerdict, camera: bool) -> None:
        """Take over what both sides' reports come to; `camera` is whether the own one is on."""
        self._camera = camera
        action = self._texts("app.verdict.camera-off" if camera else "app.verdict.by-phone")
        self.button.setText(action)
        self.button.setAccessibleName(action)
        weak = verdict not in _NO_WORDS
        self.show_text(self._texts(f"app.verdict.{verdict.value}") if weak else "")

    def _go(self) -> None:
        if self._camera:
            self.camera_off_wanted.emit()
        else:
            self.by_phone_wanted.emit()
