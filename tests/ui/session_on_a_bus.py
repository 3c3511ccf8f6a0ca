"""Run under a display and a session bus: the window over a fake desk where somebody waits, until it is told to end (SIGTERM)."""

from __future__ import annotations

import signal
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.domain.line import LineVerdict
from tests.ui.shots import Photographer, person


def main() -> None:
    application = QApplication([])
    # exit, not quit: that asks every window, and a conversation says no
    signal.signal(signal.SIGTERM, lambda *_told: application.exit(0))
    application.setApplicationName("Videoberatung")
    desk = (played := Photographer(application, Path(), False)).desk
    room = desk.create_now("Frau Geheim", "de", 30).room
    desk.client_arrives(room)

    def follow() -> None:
        """The client connects as soon as they are let in; a timer also lets Python hear of the signal."""
        session = desk.session(room)
        if session is not None and session.remote_picture.newest()[1] is None:
            session.remote_picture.put(person("#2f6f8f"))
            session.client_connects()
            session.line_is(LineVerdict.NETWORK_BETWEEN)

    timer = QTimer(interval=100)
    timer.timeout.connect(follow)
    timer.start()
    application.exec()
    timer.stop()
    played.shell.close()


main()
