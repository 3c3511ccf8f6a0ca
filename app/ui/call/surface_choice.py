"""Decides which surface draws the client's picture on this machine. Imports Qt and the surfaces only.

With a software rasteriser every pixel of an OpenGL surface is computed by the processor and copied once more than in a painted one
(docs/decisions/0008-video-surface.md). So the machine is asked once, at start: whether there is a graphics device at all, which costs
nothing; then OpenGL, by its renderer's name; and where a graphics card answers, both surfaces draw a few pictures and the one that
takes less of the processor's time is chosen.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import structlog
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QWidget

from app.media.ports import FrameSlot, I420Frame
from app.ui.call.surface import PaintedSurface, Scaler

SurfaceMaker = Callable[[FrameSlot[I420Frame]], QWidget]

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render")
"""Parts of the names under which OpenGL drivers without a graphics card introduce themselves, in lower case."""
_RENDERER = 0x1F01
"""GL_RENDERER (OpenGL ES 2.0, gl2.h)."""

_PICTURES = 3
"""Drawn by each surface while measuring; together some 20 ms with a graphics card."""
_PICTURE, _ROOM = (1280, 720), (960, 540)
"""What a camera delivers, and about what the conversation's window shows of it; width and height in pixels."""

_log = structlog.get_logger(__name__)


def choose_surface(make_scaler: Callable[[], Scaler]) -> SurfaceMaker:
    """What makes surfaces from now on. To be called once, on the Qt thread."""

    def painted(slot: FrameSlot[I420Frame]) -> QWidget:
        return PaintedSurface(slot, make_scaler())

    name = renderer() if has_graphics_device() else ""
    if not is_hardware(name):
        _log.info("surface.chosen", surface="painted", renderer=name)
        return painted
    from app.ui.call.gl_surface import GlSurface

    return cheaper(painted, GlSurface)


def cheaper(painted: SurfaceMaker, opengl: SurfaceMaker) -> SurfaceMaker:
    """The one of the two that needs less of the processor to draw. Both are measured now, unseen."""
    with_processor, with_card = processor_ms(painted), processor_ms(opengl)
    _log.info("surface.measured", painted_ms=round(with_processor, 2), opengl_ms=round(with_card, 2))
    return opengl if with_card < with_processor else painted


def processor_ms(make: SurfaceMaker) -> float:
    """Milliseconds of this process's processor time for one picture, the first one (which sets things up) left out."""
    slot: FrameSlot[I420Frame] = FrameSlot()
    surface = make(slot)
    surface.resize(*_ROOM)
    slot.put(_grey())
    surface.grab()
    begun = time.process_time()
    for _ in range(_PICTURES):
        slot.put(_grey())
        surface.grab()
    spent = time.process_time() - begun
    surface.deleteLater()
    return spent * 1000 / _PICTURES


def _grey() -> I420Frame:
    width, height = _PICTURE
    half = np.full((height // 2, width // 2), 128, np.uint8)
    return I420Frame(np.full((height, width), 128, np.uint8), half, half, time.monotonic())


def has_graphics_device(devices: Path = Path("/dev/dri")) -> bool:
    """False where it is certain that no graphics card can be used: no window system, or Linux without a render node."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return False
    return not sys.platform.startswith("linux") or any(devices.glob("renderD*"))


def renderer() -> str:
    """How the OpenGL driver calls itself; empty if there is no OpenGL."""
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return ""
    name = str(context.functions().glGetString(_RENDERER))
    context.doneCurrent()
    return name


def is_hardware(renderer_name: str) -> bool:
    """True for the name of a graphics card's driver."""
    return bool(renderer_name) and not any(part in renderer_name.lower() for part in _SOFTWARE)
