"""Draws the client's picture with the graphics card: three planes as textures, colours made in a shader. Imports Qt and the media ports.

Used only where `surface_choice` found a real graphics card.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtOpenGL import QOpenGLBuffer, QOpenGLPixelTransferOptions, QOpenGLShader, QOpenGLShaderProgram, QOpenGLTexture
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from shiboken6 import VoidPtr

from app.media.ports import FrameSlot, I420Frame
from app.ui.call.surface import STAGE, SlotWatch, fitted

_TRIANGLE_STRIP, _COLOUR_BIT = 0x0005, 0x4000
"""GL_TRIANGLE_STRIP, GL_COLOR_BUFFER_BIT (OpenGL ES 2.0, gl2.h)."""

_VERTEX = """
attribute highp vec2 corner;
varying highp vec2 place;
void main() {
    place = vec2(corner.x * 0.5 + 0.5, 0.5 - corner.y * 0.5);
    gl_Position = vec4(corner, 0.0, 1.0);
}
"""
_FRAGMENT = """
varying highp vec2 place;
uniform sampler2D y;
uniform sampler2D u;
uniform sampler2D v;
void main() {
    highp vec3 yuv = vec3(texture2D(y, place).r - 0.0627, texture2D(u, place).r - 0.502, texture2D(v, place).r - 0.502);
    gl_FragColor = vec4(
        dot(yuv, vec3(1.1644, 0.0, 1.5960)),
        dot(yuv, vec3(1.1644, -0.3918, -0.8130)),
        dot(yuv, vec3(1.1644, 2.0172, 0.0)),
        1.0);
}
"""
"""Limited range, BT.601 (ITU-R BT.601-7, 2.5), as `I420Frame` says."""

_CORNERS = np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32).tobytes()
_FLOAT = 0x1406
"""GL_FLOAT."""
_PLANES = ("y", "u", "v")


class GlSurface(QOpenGLWidget):
    """Converts and scales on the graphics card; otherwise behaves like `PaintedSurface`."""

    painted = Signal(object)
    """The `I420Frame` that now stands on the window; once for each."""
    _new = Signal()

    def __init__(self, slot: FrameSlot[I420Frame]) -> None:
        super().__init__()
        self._watch = SlotWatch(slot, self._new.emit)
        self._frame: I420Frame | None = None
        self._program: QOpenGLShaderProgram | None = None
        self._textures: list[QOpenGLTexture] = []
        self._new.connect(self.update, Qt.ConnectionType.QueuedConnection)

    def initializeGL(self) -> None:
        self._program = QOpenGLShaderProgram(self)
        self._program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, _VERTEX)
        self._program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, _FRAGMENT)
        self._program.bindAttributeLocation("corner", 0)
        self._program.link()
        self._corners = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._corners.create()
        self._corners.bind()
        self._corners.allocate(_CORNERS, len(_CORNERS))
        self._corners.release()
        self._textures = []

    def paintGL(self) -> None:
        fresh, frame = self._watch.look()
        functions = self.context().functions()
        functions.glClearColor(STAGE.redF(), STAGE.greenF(), STAGE.blueF(), 1.0)
        functions.glClear(_COLOUR_BIT)
        if frame is not None and self._program is not None:
            if fresh or not self._textures:
                self._upload(frame)
            self._draw(frame, self._program)
        changed = frame is not self._frame
        self._frame = frame
        if changed:
            self.painted.emit(frame)

    def _upload(self, frame: I420Frame) -> None:
        planes = (frame.y, frame.u, frame.v)
        if [(t.width(), t.height()) for t in self._textures] != [(p.shape[1], p.shape[0]) for p in planes]:
            self._forget_textures()
            self._textures = [_texture(plane.shape[1], plane.shape[0]) for plane in planes]
        options = QOpenGLPixelTransferOptions()
        options.setAlignment(1)
        for texture, plane in zip(self._textures, planes, strict=True):
            rows: npt.NDArray[np.uint8] = np.ascontiguousarray(plane)
            data = VoidPtr(rows.ctypes.data, rows.nbytes)  # type: ignore[call-arg]  # the stubs know neither this ...
            texture.setData(QOpenGLTexture.PixelFormat.Red, QOpenGLTexture.PixelType.UInt8, data, options)  # type: ignore[call-overload]  # ... nor this

    def _draw(self, frame: I420Frame, program: QOpenGLShaderProgram) -> None:
        ratio = self.devicePixelRatioF()
        place = fitted(QSize(frame.width, frame.height), QSize(round(self.width() * ratio), round(self.height() * ratio)))
        functions = self.context().functions()
        functions.glViewport(place.x(), place.y(), place.width(), place.height())
        program.bind()
        for unit, (name, texture) in enumerate(zip(_PLANES, self._textures, strict=True)):
            texture.bind(unit)
            program.setUniformValue1i(program.uniformLocation(name), unit)
        self._corners.bind()
        program.enableAttributeArray(0)
        program.setAttributeBuffer(0, _FLOAT, 0, 2)
        functions.glDrawArrays(_TRIANGLE_STRIP, 0, 4)
        program.disableAttributeArray(0)
        self._corners.release()
        program.release()

    def _forget_textures(self) -> None:
        """Must be called while the context is current: textures belong to it."""
        for texture in self._textures:
            texture.destroy()
        self._textures = []

    def showEvent(self, event: QShowEvent) -> None:
        self._watch.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._watch.stop()
        self.makeCurrent()
        self._forget_textures()
        self.doneCurrent()
        super().hideEvent(event)


def _texture(width: int, height: int) -> QOpenGLTexture:
    made = QOpenGLTexture(QOpenGLTexture.Target.Target2D)
    made.setSize(width, height)
    made.setFormat(QOpenGLTexture.TextureFormat.R8_UNorm)
    made.setMipLevels(1)
    made.allocateStorage(QOpenGLTexture.PixelFormat.Red, QOpenGLTexture.PixelType.UInt8)
    made.setMinMagFilters(QOpenGLTexture.Filter.Linear, QOpenGLTexture.Filter.Linear)
    made.setWrapMode(QOpenGLTexture.WrapMode.ClampToEdge)
    return made
