"""The program's sign as Windows and the installer want it. Runs in the packager's environment (Qt); imports nothing of `app` or `tools`.

    python pictures.py SIGN.svg FOLDER

makes `videoberatung.ico`, and for the installer `header.bmp` and `side.bmp`, each also at twice the size for sharp screens.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
"""Points at 100 to 200 %, and the large one of the file manager."""
HEADER = (150, 57)
SIDE = (164, 314)
"""Sizes that NSIS' modern pages have."""
GROUND = "#f3f6f9"


def drawn(sign: QSvgRenderer, width: int, height: int, place: QRectF, ground: str | None) -> QImage:
    """The sign in `place` of a picture of that size; without `ground` the rest is transparent."""
    picture = QImage(width, height, QImage.Format.Format_ARGB32)
    picture.fill(QColor(ground) if ground else Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sign.render(painter, place)
    painter.end()
    return picture


def icon(sign: QSvgRenderer) -> bytes:
    """An .ico of PNG pictures (Windows Vista and later)."""
    pictures = [_png(drawn(sign, size, size, QRectF(0, 0, size, size), None)) for size in ICON_SIZES]
    entries, place = b"", 6 + 16 * len(pictures)
    for size, picture in zip(ICON_SIZES, pictures, strict=True):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures)


def _png(picture: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(picture)
    return bytes(buffer.data().data())


def main() -> int:
    """The command line."""
    application = QGuiApplication(["pictures", "-platform", "offscreen"])
    sign, folder = QSvgRenderer(sys.argv[1]), Path(sys.argv[2])
    (folder / "videoberatung.ico").write_bytes(icon(sign))
    for name, (width, height), side in (("header", HEADER, 45), ("side", SIDE, 104)):
        left, top = (width - side - 8, (height - side) / 2) if name == "header" else ((width - side) / 2, 48)
        picture = drawn(sign, 2 * width, 2 * height, QRectF(2 * left, 2 * top, 2 * side, 2 * side), "white" if name == "header" else GROUND)
        picture.convertToFormat(QImage.Format.Format_RGB888).save(str(folder / f"{name}.bmp"))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
