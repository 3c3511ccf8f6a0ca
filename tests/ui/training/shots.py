"""Photographs a real training: `python -m tests.ui.training.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %.

Runs the whole program with its server; the projector's letters are pictures of their own.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.application import make_application
from app.domain.checks import Fault, Side
from app.services.training.client import ClientState
from app.services.training.script import ScriptStep
from app.training import Group, group_training
from app.ui import qt_loop
from app.ui.colours import DARK, LIGHT
from app.ui.training.notes import NotesWindow


async def until(happened: Callable[[], object]) -> None:
    """Or fail."""
    end = time.monotonic() + 60
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


class Photographer:
    """One training and a folder."""

    def __init__(self, group: Group, folder: Path, suffix: str) -> None:
        self._group, self._folder, self._suffix = group, folder, suffix

    async def take(self, name: str, window: QWidget) -> None:
        """One picture, after Qt has had time to lay out."""
        await asyncio.sleep(0.4)
        window.grab().save(str(self._folder / f"training-{name}{self._suffix}.png"))

    async def all(self) -> None:
        """What a trainer shows, in its order."""
        group = self._group
        training, windows, shell = group.training, group.windows, group.program.shell
        control, client = windows.control, training.client
        shell.main.resize(QSize(1120, 780))
        await until(lambda: training.rooms)
        windows.show_phone()
        assert windows.phone is not None
        control.client.arrive.click()
        await until(lambda: client.state is ClientState.WAITING and client.reached and shell.agenda.waiting)
        await self.take("main", shell.main)
        await self.take("control", control)
        await self.take("phone-waiting", windows.phone)
        shell.main.admit_first()
        await until(lambda: shell.calls and client.talk.words)
        session = group.program.services.desk.session(training.rooms[0].room)
        assert session is not None
        await until(lambda: session.remote_picture.newest()[1] is not None and client.media.seen.newest()[1] is not None)
        session.say("Guten Tag, sehen Sie mich gut?")
        await until(lambda: client.talk.lines)
        await asyncio.sleep(1)
        call = next(iter(shell.calls.values()))
        await self.take("phone", windows.phone)
        await self.take("call", call)
        control.tabs.setCurrentWidget(control.faults)
        training.faults.switch(Side.CLIENT, Fault.CAMERA_DARK, on=True)
        control.faults._tell(Fault.CAMERA_DARK)
        await self.take("faults", control)
        control.tabs.setCurrentWidget(control.script)
        training.go_to(ScriptStep.FAULT)
        await self.take("script", control)
        windows.notes = NotesWindow(windows._parts)
        windows.notes.show_on(QGuiApplication.primaryScreen())
        await self.take("notes", windows.notes)
        control.large.setChecked(True)
        control.tabs.setCurrentIndex(0)
        await self.take("projector-control", control)
        await self.take("projector-call", call)
        await self.take("projector-main", shell.main)
        control.large.setChecked(False)


async def main(folder: Path, dark: bool) -> int:
    """Everything once."""
    scale = os.environ.get("QT_SCALE_FACTOR", "")
    async with group_training(application, "de") as group:
        theme = group.program.theme
        theme._choose = lambda _palette, _scheme, _contrast: DARK if dark else LIGHT
        theme.apply()
        await group.program.services.opening
        await Photographer(group, folder, f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}").all()
    return 0


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    application = make_application()
    sys.exit(qt_loop.run(application, lambda: main(Path(sys.argv[1]), "dark" in sys.argv[2:])))
