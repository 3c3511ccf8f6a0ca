"""Colours, fonts and signs of the calendar, made once for each theme, and the drawing of one appointment. Imports Qt, domain, `app.ui`.

Readiness is a shape as well as a colour: a disc with a tick, a triangle, a square with a cross, an empty ring.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import MailState
from app.domain.readiness import Light
from app.ui.calendar.words import CalendarWords
from app.ui.colours import Colours
from app.ui.theme import Theme

WAY_ICONS = {Way.VIDEO: "camera", Way.PHONE: "phone", Way.ON_SITE: "person"}
_LIGHT_COLOURS = {Light.GREEN: "good", Light.YELLOW: "warn", Light.RED: "danger", Light.UNKNOWN: "muted"}
_RADIUS = 5.0
_REMEMBERED = 2000
_NARROW = 7.0
"""Heights of a line below which a block has no room for every sign."""


_WIDE = 24.0
"""Heights of a line above which a line holds everything."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn of one appointment, in words already."""

    time: str
    person: str
    topic: str
    way: Way
    way_word: str
    stage: Stage
    state: str
    light: Light | None
    light_word: str
    mail: str
    series: bool
    overlap: str


def look_of(appointment: Appointment, words: CalendarWords, overlaps: int, mail: MailState | None) -> Look:
    """The words of an appointment. `overlaps`: with how many others."""
    light = words.light(appointment)
    return Look(
        time=words.span(appointment),
        person=words.person(appointment),
        topic=words.topic(appointment),
        way=appointment.way,
        way_word=words.way(appointment),
        stage=appointment.stage,
        state=words.stage(appointment),
        light=light,
        light_word="" if light is None else words.light_word(light),
        mail=words.mail(mail),
        series=appointment.series is not None,
        overlap=words.overlap(overlaps),
    )


class Face:
    """A font with its measures. Measuring costs as much as drawing, so what was measured is remembered."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.width = lru_cache(_REMEMBERED)(self.metrics.horizontalAdvance)
        """Of a text, in pixels."""
        self.shortened = lru_cache(_REMEMBERED)(self._shorten)
        """A text cut to so many pixels."""

    def _shorten(self, text: str, width: int) -> str:
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


class Ink:
    """Belongs to one theme as it is now; made anew when that changes."""

    def __init__(self, theme: Theme, size: str = "small") -> None:
        """`size` is one of the theme's fonts."""
        self._theme = theme
        self.colours = {field.name: theme.colour(field.name) for field in fields(Colours)}
        struck = theme.font(size)
        struck.setStrikeOut(True)
        self.plain = Face(theme.font(size))
        self.bold = Face(theme.font(size, bold=True))
        self.struck = Face(struck)
        self.line = self.plain.metrics.height()
        """Height of a line of text; all distances are parts of it."""
        self.hatched = QBrush(self.colours["line"], Qt.BrushStyle.BDiagPattern)
        """Over what does not exist."""
        self.half_hour = QPen(self.colours["hair"], 1, Qt.PenStyle.DotLine)
        self._signs: dict[tuple[str, str], QPixmap] = {}

    def sign(self, name: str, colour: str) -> QPixmap:
        """An icon as large as a line of text."""
        if (name, colour) not in self._signs:
            side = round(self.line)
            self._signs[name, colour] = self._theme.icon(name, colour).pixmap(side, side)
        return self._signs[name, colour]

    def text(self, painter: QPainter, rect: QRectF, text: str, face: Face, colour: QColor) -> float:
        """One line at the top of `rect`, shortened where it is too long. Gives the width it took."""
        wide = face.width(text)
        if wide > rect.width():
            text = face.shortened(text, int(rect.width()))
        painter.setFont(face.font)
        painter.setPen(colour)
        painter.drawText(QPointF(rect.left(), rect.top() + face.metrics.ascent()), text)
        return min(wide, rect.width())

    # ---- one appointment

    def block(self, painter: QPainter, rect: QRectF, look: Look, chosen: bool, focused: bool) -> None:
        """An appointment as a block of a grid."""
        fill, front, second, bar = self._dress(look.stage)
        edge = self.colours["accent" if chosen else bar if look.stage is Stage.NOTED else "hair"]
        pen = QPen(edge, 2.5 if chosen and focused else 1.5 if chosen else 1)
        if look.stage is Stage.NOTED and not chosen:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self.colours[fill])
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        if look.stage not in (Stage.NOTED, Stage.CANCELLED):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colours[bar])
            painter.drawRoundedRect(QRectF(rect.left() + 2, rect.top() + 3, 3, max(4.0, rect.height() - 6)), 1.5, 1.5)
        pad = self.line * 0.25
        inner = rect.adjusted(pad + 6, min(pad, max(0.0, (rect.height() - self.line) / 2)), -pad, -1)
        self._block_lines(painter, inner, look, self.colours[front], self.colours[second])

    def _dress(self, stage: Stage) -> tuple[str, str, str, str]:
        """Names of colours: fill, text, second text, bar."""
        if stage is Stage.WAITING:
            return "accent", "on_accent", "on_accent", "on_accent"
        if stage is Stage.IN_SESSION:
            return "accent_soft", "text", "text", "good"
        if stage is Stage.CLOSED:
            return "ground", "muted", "muted", "line"
        if stage in (Stage.NOTED, Stage.CANCELLED):
            return "surface", "muted" if stage is Stage.CANCELLED else "text", "muted", "line"
        return "accent_soft", "text", "muted", "accent"

    def _block_lines(self, painter: QPainter, inner: QRectF, look: Look, front: QColor, second: QColor) -> None:
        lines = int((inner.height() + self.line * 0.3) // self.line)
        name_face = self.struck if look.stage is Stage.CANCELLED else self.bold
        head = QRectF(inner.left(), inner.top(), self._draw_signs(painter, inner, look), self.line)
        if lines < 2:
            taken = self.text(painter, head, look.time.split("–", maxsplit=1)[0], self.plain, second) + self.line * 0.4
            self.text(painter, head.adjusted(taken, 0, 0, 0), look.person, name_face, front)
            return
        self.text(painter, head, look.person, name_face, front)
        below = _in_lines(look, lines - 1, inner.width() > _WIDE * self.line)
        for number, text in enumerate(below, 1):
            self.text(painter, QRectF(inner.left(), inner.top() + number * self.line, inner.width(), self.line), text, self.plain, second)

    def _draw_signs(self, painter: QPainter, inner: QRectF, look: Look) -> float:
        """The signs at the right of a block's first line, in a narrow one the urgent ones only. Gives the width that is left for words."""
        side = self.line
        wide = inner.width() > _NARROW * side
        right = inner.right()
        if look.light is not None and inner.width() > 3 * side:
            right -= side
            self.light(painter, QRectF(right, inner.top(), side, side), look.light)
        colour = "on_accent" if look.stage is Stage.WAITING else "muted"
        for name, shown, tint in (
            ("warning", bool(look.mail), "danger"),
            (WAY_ICONS[look.way], wide, colour),
            ("series", wide and look.series, colour),
        ):
            if shown:
                right -= side * 1.15
                painter.drawPixmap(QRectF(right, inner.top(), side, side).toRect(), self.sign(name, tint))
        return max(0.0, right - inner.left() - side * 0.2)

    def light(self, painter: QPainter, rect: QRectF, light: Light) -> None:
        """The shape of a light, in its colour."""
        colour = self.colours[_LIGHT_COLOURS[light]]
        box = rect.adjusted(rect.width() * 0.12, rect.height() * 0.12, -rect.width() * 0.12, -rect.height() * 0.12)
        painter.setPen(Qt.PenStyle.NoPen if light is not Light.UNKNOWN else QPen(colour, 1.5))
        painter.setBrush(colour if light is not Light.UNKNOWN else Qt.BrushStyle.NoBrush)
        if light is Light.YELLOW:
            painter.drawPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
        elif light is Light.RED:
            painter.drawRoundedRect(box, 2, 2)
        else:
            painter.drawEllipse(box)
        self._mark(painter, box, light)

    def _mark(self, painter: QPainter, box: QRectF, light: Light) -> None:
        painter.setPen(QPen(self.colours["surface"], max(1.4, box.width() / 8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y, wide, high = box.left(), box.top(), box.width(), box.height()
        if light is Light.GREEN:
            tick = ((0.27, 0.53), (0.44, 0.7), (0.74, 0.34))
            painter.drawPolyline(QPolygonF([QPointF(x + wide * across, y + high * down) for across, down in tick]))
        elif light is Light.YELLOW:
            painter.drawLine(QPointF(x + wide / 2, y + high * 0.42), QPointF(x + wide / 2, y + high * 0.66))
            painter.drawPoint(QPointF(x + wide / 2, y + high * 0.84))
        elif light is Light.RED:
            painter.drawLine(QPointF(x + wide * 0.3, y + high * 0.3), QPointF(x + wide * 0.7, y + high * 0.7))
            painter.drawLine(QPointF(x + wide * 0.7, y + high * 0.3), QPointF(x + wide * 0.3, y + high * 0.7))


def _in_lines(look: Look, lines: int, wide: bool) -> list[str]:
    """What stands below the name, in at most so many lines; what matters most comes first. A wide block says all of it at once."""
    state = f"{look.state} · {look.light_word}" if look.light_word else look.state
    more = [part for part in (look.mail, look.overlap) if part]
    when = f"{look.time} · {look.topic}" if look.topic else look.time
    if lines == 1:
        return [" · ".join([when, state, *more])] if wide else [f"{look.time} · {state}"]
    if wide:
        return [when, " · ".join([state, *more])]
    split = [look.time, look.topic] if look.topic and lines > 2 else [when]
    return [*split, state, *more][:lines]
