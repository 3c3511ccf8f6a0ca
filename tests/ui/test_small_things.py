"""Theme, shortcuts, wording, QR code, watchdog, crash reports."""

from __future__ import annotations

import re
import sys
import threading
import time
from dataclasses import fields
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
import structlog
from PySide6.QtCore import QEvent, QIODevice, QLoggingCategory, QObject, Qt
from PySide6.QtGui import QImage, QKeySequence, QPalette

from app.paths import RESOURCES
from app.services.crash_files import CrashFiles
from app.services.ports import RoomEntry
from app.ui.call.chat_model import ChatModel
from app.ui.chime import RATE, ToneChime, samples
from app.ui.colours import DARK, LIGHT, PAIRS, Colours
from app.ui.crash import SAID_WHILE_LOADING, CrashReports
from app.ui.devices import camera_id
from app.ui.invitation.qr import QrCode
from app.ui.messages import Messages
from app.ui.shortcuts import CALL_WINDOW, MAIN_WINDOW, Shortcut
from app.ui.theme import choose_colours
from app.ui.watchdog import LIMIT_S, Watchdog
from app.ui.wording import Wording


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("colours", "pair"), list(product((LIGHT, DARK), PAIRS)))
def test_contrast(colours, pair) -> None:
    front, ground, least = pair
    lighter, darker = sorted((luminance(getattr(colours, front)), luminance(getattr(colours, ground))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_scheme_follows_the_system() -> None:
    light, dark = QPalette(Qt.GlobalColor.white), QPalette(Qt.GlobalColor.black)
    assert choose_colours(light, Qt.ColorScheme.Dark, False) is DARK
    assert choose_colours(dark, Qt.ColorScheme.Light, False) is LIGHT
    assert choose_colours(dark, Qt.ColorScheme.Unknown, False) is DARK
    assert choose_colours(light, Qt.ColorScheme.Unknown, False) is LIGHT


def test_high_contrast_takes_only_the_systems_colours() -> None:
    system = QPalette(Qt.GlobalColor.black)
    own = {system.color(group, role).name() for group in (QPalette.ColorGroup.Active,) for role in list(QPalette.ColorRole)[:20]}
    taken = choose_colours(system, Qt.ColorScheme.Dark, True)
    assert {getattr(taken, field.name) for field in fields(Colours)} <= own


def test_every_icon_is_drawn(theme) -> None:
    for file in (RESOURCES / "icons").glob("*.svg"):
        picture = theme.icon(file.stem).pixmap(40, 40).toImage()
        assert any(picture.pixelColor(x, y).alpha() > 100 for x in range(40) for y in range(40)), file.name


def test_an_icon_needs_no_file_once_the_program_runs(theme, monkeypatch) -> None:
    def gone(path: Path, *_: object, **__: object) -> str:
        raise FileNotFoundError(path)

    theme.apply()  # what was drawn is forgotten
    monkeypatch.setattr(Path, "read_text", gone)
    assert not theme.icon("microphone-off").isNull()


@pytest.mark.parametrize("window", [MAIN_WINDOW, CALL_WINDOW])
def test_shortcuts_do_not_clash(window) -> None:
    keys = [shortcut.keys.toString() for shortcut in window]
    assert len(set(keys)) == len(keys)
    assert all(re.match(r"F\d+$|.*(Ctrl|Alt)\+", key) for key in keys)


def test_shortcuts_leave_editing_alone() -> None:
    editing = {
        bound.toString()
        for standard in QKeySequence.StandardKey
        if standard.name.startswith(("Cut", "Copy", "Paste", "Undo", "Redo", "Select", "Move", "Delete", "Insert"))
        for bound in QKeySequence.keyBindings(standard)
    }
    assert "Ctrl+C" in editing
    assert not editing & {shortcut.keys.toString() for shortcut in Shortcut}


def test_qr_code_can_be_scanned(qtbot) -> None:
    link = "https://beratung.example/r#" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V"
    code = QrCode(link, "QR")
    qtbot.addWidget(code)
    code.resize(400, 377)
    picture = code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())[:, : picture.width()]
    assert cv2.QRCodeDetectorAruco().detectAndDecode(np.ascontiguousarray(rows))[0] == link


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (1000, "Kundin oder Kunde wartet seit weniger als einer Minute."),
        (1060, "Kundin oder Kunde wartet seit einer Minute."),
        (1000 + 240, "Kundin oder Kunde wartet seit 4 Minuten."),
        (990, "Kundin oder Kunde wartet seit weniger als einer Minute."),
    ],
)
def test_waiting_in_words(texts, now, text) -> None:
    assert Wording(texts).waits(1000, now) == text


def test_an_appointment_is_called_by_its_title_unless_names_are_hidden(texts) -> None:
    titled, untitled = (RoomEntry("r", title, 1000, 30, "de", "https://x/r#t", (), over=False) for title in ("Frau Weber", ""))
    assert [Wording(texts).heading(room) for room in (titled, untitled)] == ["Frau Weber", texts("app.room.untitled")]
    assert {Wording(texts, lambda: True).heading(room) for room in (titled, untitled)} == {texts("app.room.hidden")}


def test_chime_is_short_and_not_loud() -> None:
    wave = np.frombuffer(samples(), np.int16)
    assert 0.5 < len(wave) / RATE < 1.5
    assert 2_000 < np.abs(wave).max() < 20_000


def test_camera_ids_are_what_opencv_opens() -> None:
    assert camera_id("/dev/video2", 0, "Webcam") == "/dev/video2"
    assert camera_id("\\\\?\\usb#vid_046d", 1, "Webcam") == "1:Webcam"


def test_watchdog_names_what_held_the_qt_thread(qtbot) -> None:
    dog = Watchdog()
    dog.start()
    qtbot.wait(0)
    assert dog.worst is None

    def holds_the_window() -> None:
        end = time.monotonic() + 6 * LIMIT_S
        while time.monotonic() < end and not dog._places:
            time.sleep(LIMIT_S / 10)
        time.sleep(LIMIT_S)

    holds_the_window()
    qtbot.waitUntil(lambda: dog.worst is not None)
    dog.close()
    assert dog.worst.own_ms > LIMIT_S * 1000
    assert 0 <= dog.worst.starved_ms <= dog.worst.wall_ms
    assert any("holds_the_window" in place for place in dog.worst.places)
    assert dog.blocks >= 1
    dog.forget()
    assert (dog.worst, dog.blocks) == (None, 0)


def test_crash_is_told_and_written_down_without_the_errors_own_text(qtbot, texts, tmp_path) -> None:
    messages = Messages(texts)
    told: list[str] = []
    messages.told.connect(told.append)
    reports = CrashReports(messages, CrashFiles(tmp_path))
    try:
        raise ValueError("https://beratung.example/r#secret")
    except ValueError as error:
        with structlog.testing.capture_logs() as logs:
            reports.report("window", error)
    assert told == [texts("app.messages.crash")]
    assert logs[0]["error"] == "ValueError"
    assert "secret" not in str(logs)
    assert any("test_crash_is_told" in place for place in logs[0]["places"])
    (written,) = [file.read_text("utf-8") for file in tmp_path.iterdir()]
    assert "test_crash_is_told" in written
    assert "secret" not in written


def test_crash_in_another_thread_reaches_the_person(qtbot, texts, tmp_path) -> None:
    messages = Messages(texts)
    reports = CrashReports(messages, CrashFiles(tmp_path))
    reports.install()
    try:
        with structlog.testing.capture_logs() as logs, qtbot.waitSignal(messages.told):
            thread = threading.Thread(target={}.popitem)
            thread.start()
        thread.join()
    finally:
        reports.uninstall()
    assert logs[0]["where"] == "thread"
    assert sys.excepthook is sys.__excepthook__


def test_nothing_is_said_in_python_while_the_loader_holds_its_lock(qtbot, texts, tmp_path) -> None:
    reports = CrashReports(Messages(texts), CrashFiles(tmp_path))
    category = QLoggingCategory(SAID_WHILE_LOADING)
    reports.install()
    try:
        assert not category.isWarningEnabled()
    finally:
        reports.uninstall()
    assert category.isWarningEnabled()


def test_long_words_can_be_broken_on_the_screen_but_not_for_screen_readers(qtbot, texts) -> None:
    from app.services.ports import ChatLine, Delivery
    from app.ui.call.chat_model import ChatRole

    model = ChatModel(texts, None)
    model.show([ChatLine("1", "x" * 60, True, 1000, Delivery.SEEN)])
    assert "\u200b" in model.data(model.index(0), ChatRole.TEXT)
    assert model.data(model.index(0)).endswith(": " + "x" * 60)


class NotedSink(QObject):
    """Belongs to the chime and counts how often it sounds."""

    started = 0

    def start(self, sound: QIODevice) -> None:
        NotedSink.started += 1
        assert (sound.pos(), sound.bytesAvailable()) == (0, len(samples()))
        sound.readAll()


def test_an_hour_of_ringing_leaves_nothing_behind(qapp) -> None:
    chime = ToneChime(NotedSink)
    for _ in range(20):
        chime.play()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert NotedSink.started == 20
    assert len(chime.findChildren(NotedSink)) == 1
