"""Decides which surface draws the client's picture on this machine. Imports Qt and the surfaces only.

With a software rasteriser every pixel of an OpenGL surface is computed by the processor and copied once more than in a painted one
(measured: docs/decisions/0008-video-surface.md), so the graphics card draws only where there really is one. That is asked of the
machine once, at start, and nothing is timed: first whether there is a graphics device at all, which costs nothing; only then OpenGL,
by its renderer's name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

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

_log = structlog.get_logger(__name__)


def choose_surface(make_scaler: Callable[[], Scaler]) -> SurfaceMaker:
    """What makes surfaces from now on. To be called once, on the Qt thread."""
    name = renderer() if has_graphics_device() else ""
    hardware = is_hardware(name)
    _log.info("surface.chosen", surface="opengl" if hardware else "painted", renderer=name)
    if hardware:
        from app.ui.call.gl_surface import GlSurface

        return GlSurface
    return lambda slot: PaintedSurface(slot, make_scaler())


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
