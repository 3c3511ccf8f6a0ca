"""Makes what a browser's simulated camera and microphone play over and over: the program's synthetic landscape with the picture clock,
and the voice made by rule, which is neither too quiet nor too loud as Chromium's own beep is now and then.

A sequence of JPEG pictures, one after the other (what Chromium's `--use-file-for-fake-video-capture` takes as `.mjpeg`).
The clock shows the time within the film. Of `app` it imports `app.media` only, and that late: who waits for the film need not load it.
"""

from __future__ import annotations

import asyncio
import struct
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
    """Write `FILM_S` seconds of pictures there, and of voice beside it; takes about half of that."""
    write_voice(voice_of(file))
    file.write_bytes(b"".join(pictures(FILM_S)))


def voice_of(film: Path) -> Path:
    """Where the voice of a film lies (what Chromium's `--use-file-for-fake-audio-capture` takes)."""
    return film.with_suffix(".wav")


def write_voice(file: Path) -> None:
    """`FILM_S` seconds as RIFF/WAVE: 48 kHz, mono, 16 bit."""
    from app.media.opus import SAMPLE_RATE
    from app.media.routers import BLOCK
    from app.media.voice import voice_block

    spoken = b"".join(voice_block(first).astype("<i2").tobytes() for first in range(0, FILM_S * SAMPLE_RATE, BLOCK))
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16)
    chunks = b"WAVE" + shape + struct.pack("<4sI", b"data", len(spoken)) + spoken
    file.write_bytes(struct.pack("<4sI", b"RIFF", len(chunks)) + chunks)


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
