"""A chart for elsewhere: in the clipboard, as SVG, PNG or CSV. Drawn light in every theme. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QFont, QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.services.evaluation.charts import Chart
from app.services.evaluation.own_figures import chart_csv
from app.ui.colours import LIGHT
from app.ui.evaluation.drawing import ChartDrawing

WIDTH = 900
_SHARP = 2
KINDS = ("png", "svg", "csv")


def content_of(chart: Chart, kind: str, paper: ChartDrawing, font: QFont) -> bytes:
    """A file's content. `kind` is one of `KINDS`, `paper` is drawn upon."""
    if kind == "csv":
        return chart_csv(chart)
    return svg_of(chart, paper, font) if kind == "svg" else _png(picture_of(chart, paper, font))


def words_of(chart: Chart) -> str:
    """The table for the clipboard, as spreadsheets take it."""
    said = [*([[chart.mark]] if chart.mark else []), [chart.title], chart.headings, *chart.table, *([[chart.note]] if chart.note else [])]
    return "\n".join("\t".join(row) for row in said)


def picture_of(chart: Chart, paper: ChartDrawing, font: QFont) -> QImage:
    """Twice as fine as it is shown."""
    _draw(chart, paper, font)
    image = QImage(paper.size() * _SHARP, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARP)
    image.fill(LIGHT.surface)
    _painted(paper, image)
    return image


def svg_of(chart: Chart, paper: ChartDrawing, font: QFont) -> bytes:
    """With the title and the table as its text."""
    _draw(chart, paper, font)
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(paper.size())
    generator.setViewBox(paper.rect())
    generator.setTitle(chart.title)
    generator.setDescription(chart.spoken)
    _painted(paper, generator)
    buffer.close()
    return bytes(kept.data())


def _draw(chart: Chart, paper: ChartDrawing, font: QFont) -> None:
    paper.show()  # lays out; it is shown nowhere
    paper.draw(chart, LIGHT, font, WIDTH)


def _painted(paper: ChartDrawing, on: QPaintDevice) -> None:
    painter = QPainter(on)
    paper.render(painter, QRectF(paper.rect()), paper.viewport().rect())
    painter.end()
    paper.hide()


def _png(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(kept.data())
