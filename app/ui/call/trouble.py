"""Tells what is wrong with an own device, and when it is mended. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from app.media.ports import DeviceKind, DeviceTrouble
from app.texts import Texts
from app.ui.banner import Banner

MENDED_MS = 6_000
"""So long it stands there that a device is back."""


class TroubleBanner(Banner):
    """Stands while a device makes trouble; its button leads to the list of devices."""

    def __init__(self, texts: Texts) -> None:
        super().__init__("", texts("app.trouble.devices"))
        self._texts = texts
        self._open: dict[DeviceKind, DeviceTrouble] = {}
        self._mended = QTimer(self, interval=MENDED_MS, singleShot=True)
        self._mended.timeout.connect(self._show_next)
        self.hide()

    def tell(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        """Take over what happened to that device."""
        self._open.pop(kind, None)
        if trouble is not DeviceTrouble.RETURNED:
            self._open[kind] = trouble
            self._show_next()
            return
        self.button.hide()
        self.show_text(self._texts(f"app.trouble.{kind.value}.{trouble.value}"))
        self._mended.start()

    def forget(self, kind: DeviceKind) -> None:
        """Another device was chosen for that purpose: what was wrong with the last one is no matter."""
        if self._open.pop(kind, None) is not None:
            self._show_next()

    def _show_next(self) -> None:
        """The newest trouble that is not mended, if there is one."""
        self._mended.stop()
        self.button.show()
        kind = next(reversed(self._open), None)
        text = self._texts(f"app.trouble.{kind.value}.{self._open[kind].value}") if kind is not None else ""
        self.show_text(text, urgent=True)
