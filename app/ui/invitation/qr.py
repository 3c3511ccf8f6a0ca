"""A QR code, crisp at every scaling: each module is a whole number of device pixels. Imports Qt and segno only."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET_MODULES = 4
"""Empty modules around the code (ISO/IEC 18004, 6.3.8)."""

MASK = 2
"""One of the eight patterns of ISO/IEC 18004, 7.8.2. Weighing all eight costs 10 ms on the Qt thread instead of 2; readers take any."""


class QrCode(QWidget):
    """Black on white in every theme: scanners need it so."""

    def __init__(self, content: str, name: str) -> None:
        """`content` is encoded with error correction M; `name` is for screen readers."""
        super().__init__()
        code = segno.make(content, error="m", micro=False, mask=MASK)
        self._rows = [bytes(row) for row in code.matrix]
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def modules(self) -> int:
        """Modules on one side, the quiet zone included."""
        return len(self._rows) + 2 * QUIET_MODULES

    def sizeHint(self) -> QSize:
        return QSize(self.modules * 5, self.modules * 5)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.modules * 3, self.modules * 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        module = max(1, min(width, height) // self.modules)
        side = module * self.modules
        left, top = (width - side) // 2, (height - side) // 2
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        painter.fillRect(QRect(left, top, side, side), Qt.GlobalColor.white)
        for y, row in enumerate(self._rows, start=QUIET_MODULES):
            for x, dark in enumerate(row, start=QUIET_MODULES):
                if dark:
                    painter.fillRect(QRect(left + x * module, top + y * module, module, module), Qt.GlobalColor.black)
