"""Three persons drawn by the program, for training and for checks without a camera: nobody's photograph. numpy and OpenCV.

Each sits before a wall of their own, sways a little, blinks, and moves the mouth with `app.media.voice`. What does not change is drawn
once: the wall, and the person for each pair of eyes and mouth that occurs. A picture is then the person laid over the wall (0.5 ms for
1280x720).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from app.media.voice import openness

WIDTH, HEIGHT = 1280, 720
MOUTHS = 5
"""From closed to wide open."""
BLINK_EVERY_MS, BLINK_MS = 3300, 130
SWAY_MS = 5200
_MARGIN = 24
"""Dots that a person may sway, to both sides together."""
_FINE = 2
"""Drawn so many times larger, then made smaller: smooth edges."""

Colour = tuple[int, int, int]
"""Blue, green, red."""
Planes = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Looks:
    """What tells the three apart."""

    skin: Colour
    hair: Colour
    clothes: Colour
    wall: Colour
    accent: Colour
    """Of the picture or the shelf on the wall."""
    scarf: bool = False
    beard: bool = False
    glasses: bool = False
    long_hair: bool = False


PERSONS = (
    Looks((170, 200, 238), (150, 155, 165), (120, 85, 60), (222, 228, 226), (150, 175, 120), glasses=True, long_hair=True),
    Looks((105, 150, 198), (38, 40, 48), (95, 120, 70), (214, 222, 232), (110, 150, 205), beard=True),
    Looks((140, 178, 222), (145, 95, 60), (70, 75, 120), (228, 224, 216), (200, 165, 120), scarf=True),
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A person without the wall, as planes already multiplied with how much of them is seen."""

    planes: Planes
    through: Planes
    """How much of the wall is seen, 0 to 255, for each plane."""


class Person:
    """Draws the pictures. One object belongs to one thread."""

    def __init__(self, number: int, width: int = WIDTH, height: int = HEIGHT) -> None:
        """`number`: 1 to 3. Width and height are multiples of four, the picture wider than high."""
        self.width, self.height = width, height
        self._looks = PERSONS[number - 1]
        self._wall = _to_i420(_draw_wall(self._looks, width, height))
        self._bright = self._wall.copy()
        self._bright[:height] = 232
        self._layers: dict[tuple[bool, int, bool], _Layer] = {}

    def draw(self, ms: int, against_light: bool = False) -> npt.NDArray[np.uint8]:
        """The picture of Unix time `ms` as I420 rows (height * 3 / 2, width)."""
        rows = (self._bright if against_light else self._wall).copy()
        blinks = ms % BLINK_EVERY_MS < BLINK_MS
        layer = self._layer(blinks, round(openness(ms) * (MOUTHS - 1)), against_light)
        turn = 2 * math.pi * ms / SWAY_MS
        right = round(_MARGIN / 4 * math.sin(turn)) * 2
        down = round(_MARGIN / 8 * (1 + math.sin(2.3 * turn))) * 2
        for plane, person, through, part in zip(self._planes(rows), layer.planes, layer.through, (1, 2, 2), strict=True):
            _lay_over(plane, person, through, right // part, down // part)
        return rows

    def _planes(self, rows: npt.NDArray[np.uint8]) -> Planes:
        chroma = rows[self.height :].reshape(2, self.height // 2, self.width // 2)
        return rows[: self.height], chroma[0], chroma[1]

    def _layer(self, blinks: bool, mouth: int, dark: bool) -> _Layer:
        """Drawn when it is first needed (20 ms for 1280x720)."""
        key = (blinks, mouth, dark)
        if key not in self._layers:
            self._layers[key] = _layer(_draw_person(self._looks, self.height, blinks, mouth / (MOUTHS - 1)), 0.12 if dark else 1.0)
        return self._layers[key]


def _lay_over(plane: npt.NDArray[np.uint8], person: npt.NDArray[np.uint8], through: npt.NDArray[np.uint8], right: int, down: int) -> None:
    """In the middle of the plane, moved by so many dots; what reaches below it is cut off."""
    height, width = plane.shape
    left = (width - person.shape[1]) // 2 + right
    place = plane[:, left : left + person.shape[1]]
    rows = slice(person.shape[0] - height - down, person.shape[0] - down)
    behind = cv2.multiply(place, through[rows], scale=1 / 255)
    place[:] = cv2.add(behind, person[rows])


def _layer(picture: npt.NDArray[np.uint8], light: float) -> _Layer:
    """Of blue, green, red and opacity, multiplied already."""
    height, width = picture.shape[:2]
    opacity = picture[:, :, 3]
    bgr = cv2.convertScaleAbs(picture[:, :, :3], alpha=light)
    rows = _to_i420(np.asarray(bgr, np.uint8))
    chroma = rows[height:].reshape(2, height // 2, width // 2)
    through = np.asarray(255 - opacity, np.uint8)
    small = np.asarray(cv2.resize(through, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
    offsets = ((rows[:height], through, 16), (chroma[0], small, 128), (chroma[1], small, 128))
    luma, u, v = (_without(plane, seen, offset) for plane, seen, offset in offsets)
    return _Layer((luma, u, v), (through, small, small))


def _without(plane: npt.NDArray[np.uint8], through: npt.NDArray[np.uint8], offset: int) -> npt.NDArray[np.uint8]:
    """A plane's zero lies at `offset`; where the wall is seen it brings its own."""
    return np.asarray(cv2.subtract(plane, cv2.convertScaleAbs(through, alpha=offset / 255)), np.uint8)


def _to_i420(bgr: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _draw_wall(looks: Looks, width: int, height: int) -> npt.NDArray[np.uint8]:
    """A wall with a picture, a shelf with books, and a plant."""
    canvas = np.empty((height * _FINE, width * _FINE, 3), np.uint8)
    shade = np.linspace(1.02, 0.9, canvas.shape[0])[:, None, None]
    canvas[:] = np.clip(np.array(looks.wall) * shade, 0, 255)
    unit = canvas.shape[0] / 100
    pen = _Pen(canvas, unit, 0.0)
    soft = _mixed(looks.accent, looks.wall, 0.35)
    pen.box(14, 14, 40, 34, (245, 248, 250))
    pen.box(16, 16, 38, 32, soft)
    pen.oval(24, 30, 9, 6, _mixed(looks.accent, (90, 120, 90), 0.5))
    pen.oval(33, 21, 2.4, 2.4, (150, 220, 250))
    right = width / height * 100
    pen.box(right - 46, 38, right - 10, 40, (120, 150, 180))
    for place, (tall, colour) in enumerate(((13, (120, 120, 190)), (11, (150, 170, 110)), (14, looks.accent), (10, (130, 190, 220)))):
        pen.box(right - 43 + 4.6 * place, 38 - tall, right - 39.2 + 4.6 * place, 38, _mixed(colour, looks.wall, 0.25))
    pen.box(right - 21, 31, right - 14, 38, (110, 135, 175))
    for leaf in (-1, 0, 1):
        pen.oval(right - 17.5 + 3.4 * leaf, 25 + abs(leaf), 2.2, 6.5, (95, 150 - 12 * leaf, 95), 22 * leaf)
    return _smaller(canvas)


def _draw_person(looks: Looks, picture_height: int, blinks: bool, mouth: float) -> npt.NDArray[np.uint8]:
    """Blue, green, red, opacity. As wide as the picture is high, and higher by what it may sway."""
    size = picture_height * _FINE
    canvas = np.zeros((size + _MARGIN * _FINE, size, 4), np.uint8)
    pen = _Pen(canvas, size / 100, 50.0)
    if looks.long_hair:
        pen.oval(0, 42, 21.5, 25, looks.hair)
    pen.oval(0, 112, 44, 42, looks.clothes)
    if looks.scarf:
        pen.oval(0, 80, 14, 7, looks.hair)
    else:
        pen.oval(0, 71, 8.5, 11, _mixed(looks.skin, (40, 60, 90), 0.2))
    _draw_head(pen, looks)
    _draw_eyes(pen, looks, blinks)
    _draw_mouth(pen, looks, mouth)
    return _smaller(canvas)


def _draw_head(pen: _Pen, looks: Looks) -> None:
    dark = _mixed(looks.skin, (40, 60, 90), 0.2)
    if looks.scarf:
        pen.oval(0, 45, 22, 27, looks.hair)
        pen.oval(0, 70, 19, 12, looks.hair)
    else:
        for side in (-1, 1):
            pen.oval(17 * side, 47, 3, 4.5, dark)
        pen.oval(0, 38, 18.5, 19, looks.hair)
    pen.oval(0, 47, 16, 20.5, looks.skin)
    if looks.beard:
        pen.arc(0, 50, 16, 18, 12, 168, looks.hair)
        pen.oval(0, 51, 11.5, 9.5, looks.skin)
    if not looks.scarf:
        pen.arc(0, 36, 16.5, 12, 182, 358, looks.hair)
    pen.oval(0, 50, 2.2, 3.2, dark)
    for side in (-1, 1):
        pen.oval(10 * side, 53.5, 3, 2, _mixed(looks.skin, (110, 120, 230), 0.3))


def _draw_eyes(pen: _Pen, looks: Looks, blinks: bool) -> None:
    brow = (60, 60, 70) if looks.scarf else _mixed(looks.hair, (40, 40, 50), 0.4)
    for side in (-1, 1):
        pen.line(3.8 * side, 37.6, 10 * side, 38.6, brow, 0.9)
        if blinks:
            pen.line(4 * side, 44.6, 10 * side, 44.6, _mixed(looks.skin, (30, 40, 60), 0.55), 0.8)
        else:
            pen.oval(7 * side, 44, 3.1, 2.5, (250, 250, 250))
            pen.oval(7 * side, 44.1, 1.7, 1.9, (70, 70, 60))
            pen.oval(7 * side + 0.6, 43.4, 0.55, 0.55, (255, 255, 255))
        if looks.glasses:
            pen.ring(7 * side, 44, 5, 4.4, (70, 60, 60), 0.6)
    if looks.glasses:
        pen.line(-2.2, 43.6, 2.2, 43.6, (70, 60, 60), 0.6)


def _draw_mouth(pen: _Pen, looks: Looks, mouth: float) -> None:
    lips = _mixed(looks.skin, (70, 60, 190), 0.55)
    if mouth == 0:
        pen.smile(0, 55.5, 5.5, 3.2, lips, 1.0)
        return
    pen.oval(0, 58.2, 5.2 - mouth, 1.2 + 2.6 * mouth, lips)
    pen.oval(0, 58.3, 4.2 - mouth, 0.5 + 2.2 * mouth, (45, 35, 80))


class _Pen:
    """Draws in hundredths of the picture's height, `middle` of them from the left edge on."""

    def __init__(self, canvas: npt.NDArray[np.uint8], unit: float, middle: float) -> None:
        self._canvas, self._unit, self._middle = canvas, unit, middle

    def oval(self, x: float, y: float, wide: float, high: float, colour: Colour, turn: float = 0) -> None:
        cv2.ellipse(self._canvas, self._at(x, y), self._size(wide, high), turn, 0, 360, (*colour, 255), -1, cv2.LINE_AA)

    def arc(self, x: float, y: float, wide: float, high: float, begin: float, end: float, colour: Colour) -> None:
        cv2.ellipse(self._canvas, self._at(x, y), self._size(wide, high), 0, begin, end, (*colour, 255), -1, cv2.LINE_AA)

    def ring(self, x: float, y: float, wide: float, high: float, colour: Colour, thick: float) -> None:
        cv2.ellipse(self._canvas, self._at(x, y), self._size(wide, high), 0, 0, 360, (*colour, 255), self._thick(thick), cv2.LINE_AA)

    def smile(self, x: float, y: float, wide: float, high: float, colour: Colour, thick: float) -> None:
        cv2.ellipse(self._canvas, self._at(x, y), self._size(wide, high), 0, 20, 160, (*colour, 255), self._thick(thick), cv2.LINE_AA)

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: Colour, thick: float) -> None:
        cv2.line(self._canvas, self._at(x, y), self._at(to_x, to_y), (*colour, 255), self._thick(thick), cv2.LINE_AA)

    def box(self, x: float, y: float, to_x: float, to_y: float, colour: Colour) -> None:
        cv2.rectangle(self._canvas, self._at(x, y), self._at(to_x, to_y), (*colour, 255), -1)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round((x + self._middle) * self._unit), round(y * self._unit)

    def _size(self, wide: float, high: float) -> tuple[int, int]:
        return max(1, round(wide * self._unit)), max(1, round(high * self._unit))

    def _thick(self, thick: float) -> int:
        return max(1, round(thick * self._unit))


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other."""
    blue, green, red = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return blue, green, red


def _smaller(canvas: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = canvas.shape[0] // _FINE, canvas.shape[1] // _FINE
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
