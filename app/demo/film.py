"""Draws the film that a browser's simulated camera plays over and over: the program's synthetic landscape with the picture clock.

A sequence of JPEG pictures, one after the other (what Chromium's `--use-file-for-fake-video-capture` takes as `.mjpeg`).
The clock shows the time within the film. Of `app` it imports `app.media` only, and that late: who waits for the film need not load it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app.demo.again import ROOT, part_command

FILM_S = 6


class FilmError(Exception):
    """The film could not be drawn. For us."""


def pictures(seconds: float) -> list[bytes]:
    """JPEGs of the landscape's first `seconds`, 1280x720 at 30 a second."""
    from app.media.stills import jpeg
    from app.media.synthetic import RATE, Landscape

    landscape = Landscape()
    return [jpeg(landscape.draw(number * 1000 // RATE)) for number in range(int(seconds * RATE))]


def write_film(file: Path) -> None:
    """Write `FILM_S` seconds; takes about half of that."""
    file.write_bytes(b"".join(pictures(FILM_S)))


class FilmInTheMaking:
    """Lets another process draw, so that this one's window does not stand still."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._process = subprocess.Popen([*part_command("film"), str(file)], cwd=ROOT)

    async def ready(self) -> Path:
        """Wait for it. Raises FilmError."""
        if await asyncio.to_thread(self._process.wait):
            raise FilmError(f"drawing ended with status {self._process.returncode}")
        return self.file

    def close(self) -> None:
        """End the drawing if it still goes on."""
        self._process.kill()
        self._process.wait()


def main(argv: Sequence[str]) -> int:
    """Draws into the one file that is named."""
    write_film(Path(argv[0]).resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
