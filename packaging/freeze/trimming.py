"""What PyInstaller finds and the program does not need, each with the reason. Standard library only.

Names are those inside the packed folder, with forward slashes on every system.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

Entry = tuple[str, str, str]
"""Name inside the folder, file it comes from, PyInstaller's kind."""

SPOKEN = "de|en"
"""Languages of the window: Qt's own words are kept in these."""

EVERYWHERE = {
    "Qt module without a use": r"(^|/)(lib)?Qt6?(QuickControls\w*|QuickTemplates\w*|Pdf\w*|VirtualKeyboard\w*|Sql|ShaderTools"
    r"|3D\w*|Charts|Help|Designer\w*|UiTools|WebEngine\w*)\b|PySide6/(Qt/)?(qml/|plugins/(qmltooling|sqldrivers|virtualkeyboard|designer)/)"
    r"|plugins/platforminputcontexts/(lib)?qtvirtualkeyboard",  # libQt6Qml and libQt6Quick stay: the multimedia plugin is linked to them
    "Qt platform without a screen of ours": r"plugins/platforms/(lib)?q(eglfs|linuxfb|vkkhrdisplay|vnc|minimalegl|minimal)\b"
    r"|plugins/(egldeviceintegrations|generic)/|libQt6Egl",
    "picture format that we neither read nor write": r"plugins/imageformats/(lib)?q(tiff|tga|icns|wbmp|pdf|gif|webp|jp2)\b",
    "Qt's words in other languages": rf"PySide6/(Qt/)?translations/(?!qtbase_({SPOKEN})\.qm$)",
    "names of places in other languages": r"babel/locale-data/(?!de|en|root)[a-z]{2,3}_[A-Z0-9]{2,3}(_\w+)?\.dat$",
    "compiled by chance": r"(^|/)__pycache__/",
    "what pip keeps for itself, with paths of the machine that built it": r"\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$",
    "header file": r"\.(h|hpp|hh|pxd|pyx|pyi)$",
    "test code or its data": r"(^|/)(tests?|_tests|numpy/testing|sqlalchemy/testing|faker)/|(^|/)conftest\.py$",
    "made for a notebook": r"livekit/rtc/resources/jupyter-html/",
    "fonts and colours that only a demonstration of the library uses": r"cv2/(data|qt)/",
}
"""Reason -> what is left out on every system."""

WINDOWS = {
    "PortAudio for other machines, or with ASIO": r"_sounddevice_data/portaudio-binaries/libportaudio(32bit|arm64|64bit-asio)",
    "OpenCV's reader of films; cameras come by Windows itself": r"(^|/)cv2/opencv_videoio_ffmpeg",
    "Qt platform without a use": r"plugins/platforms/qdirect2d",
    "Qt library that no other one is linked to": r"PySide6/Qt6(Quick|Qml\w*)\.dll$",
    "OpenGL drawn by the processor, which the window does not use": r"PySide6/opengl32sw\.dll$",
}
"""The same on Windows alone."""

GTK_THEME = ("Qt's theme for GTK, which would need GTK", r"plugins/platformthemes/libqgtk3")
DISTRIBUTION = (
    "the distribution's own library, a dependency of the package",
    re.compile(r"^(/usr)?/lib(64|/[\w-]+-linux-gnu)/(?!libpython)"),
)
"""By where it lies. A copy of libstdc++ or OpenSSL would age with us, and stand in the way of the system's other libraries."""


class Trimming:
    """Sorts what PyInstaller found, and remembers what was left out."""

    def __init__(self, *, linux: bool) -> None:
        self._linux = linux
        here = [GTK_THEME] if linux else WINDOWS.items()
        self._reasons = {reason: re.compile(pattern) for reason, pattern in (*EVERYWHERE.items(), *here)}
        self.left_out: dict[str, list[tuple[str, int]]] = {}

    def kept(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries that go into the folder."""
        return [entry for entry in entries if not self._leaves_out(entry)]

    def kept_modules(self, modules: Iterable[Entry]) -> list[Entry]:
        """The Python modules that go into the archive; theirs are names with dots."""
        return [
            (name, source, kind) for name, source, kind in modules if not self._leaves_out((name.replace(".", "/") + ".py", source, kind))
        ]

    def _leaves_out(self, entry: Entry) -> bool:
        reason = self.reason(entry[0].replace("\\", "/"), entry[1])
        if reason is not None:
            size = os.path.getsize(entry[1]) if entry[1] and os.path.isfile(entry[1]) else 0
            self.left_out.setdefault(reason, []).append((entry[0], size))
        return reason is not None

    def reason(self, name: str, source: str | None) -> str | None:
        """Why a file is left out; None if it is kept."""
        if self._linux and source and DISTRIBUTION[1].match(source):
            return DISTRIBUTION[0]
        return next((reason for reason, pattern in self._reasons.items() if pattern.search(name)), None)

    def write(self, file: Path, extras: Sequence[str] = ()) -> None:
        """One paragraph for each reason, with bytes; `extras` are the modules that were never looked at."""
        lines = []
        for reason, files in sorted(self.left_out.items()):
            lines.append(f"{reason}: {len(files)} files, {sum(size for _, size in files)} bytes")
            lines += [f"    {size:>10}  {name}" for name, size in sorted(files)]
        lines += ["modules that are not looked for:", *(f"    {name}" for name in sorted(extras))]
        file.write_text("\n".join(lines) + "\n", "utf-8")
