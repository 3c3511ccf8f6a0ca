"""Draws the film that a browser's simulated camera plays over and over: the program's synthetic landscape with the picture clock.

A sequence of JPEG pictures, one after the other (what Chromium's `--use-file-for-fake-video-capture` takes as `.mjpeg`).
The clock shows the time within the film. Imports `app.media` only.
"""

from __future__ import annotations

from pathlib import Path

from app.media.stills import jpeg
from app.media.synthetic import HEIGHT, RATE, WIDTH, Landscape

FILM_S = 6


def pictures(seconds: float, width: int = WIDTH, height: int = HEIGHT) -> list[bytes]:
    """JPEGs of the first `seconds` at 30 a second."""
    landscape = Landscape(width, height)
    return [jpeg(landscape.draw(number * 1000 // RATE)) for number in range(int(seconds * RATE))]


def write_film(file: Path) -> None:
    """Write `FILM_S` seconds; takes about a third of that."""
    file.write_bytes(b"".join(pictures(FILM_S)))
