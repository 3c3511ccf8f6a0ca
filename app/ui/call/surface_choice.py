"""Decides which surface draws the client's picture on this machine. Imports Qt and the surfaces only.

Measured (docs/decisions): with a software rasteriser every pixel of an OpenGL or RHI surface is computed by the processor and
copied once more than in a painted one. So the graphics card draws only where there really is one.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.media.ports import FrameSlot, I420Frame

SurfaceMaker = Callable[[FrameSlot[I420Frame]], QWidget]
