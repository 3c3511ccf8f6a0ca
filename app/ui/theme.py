"""How the window looks: follows the system's light, dark or high-contrast scheme and its font size. Imports Qt and `app.paths` only.

Under high contrast the system's own palette is kept and every colour of ours is taken from it.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.ui.colours import DARK, LIGHT, Colours

ICON_SIZES = (20, 26, 40, 52)
"""Pixels that icons are drawn in: small and large ones, at 100 and 200 %."""

_SIZES = {"small": 0.9, "normal": 1.0, "large": 1.2, "title": 1.5, "words": 2.0, "code": 3.2}
"""Multiples of the system's font size."""

ChooseColours = Callable[[QPalette, Qt.ColorScheme, bool], Colours]


class Theme(QObject):
    """One for the program. Views ask it for icons and colours, and again when `changed` is emitted."""

    changed = Signal()

    def __init__(self, application: QApplication, resources: Path, choose: ChooseColours | None = None) -> None:
        """`choose` is another rule than `choose_colours` where pictures of every scheme are wanted."""
        super().__init__(application)
        self._choose = choose or choose_colours
        self._application = application
        self._icons = resources / "icons"
        self._drawings = {file.stem: file.read_text(encoding="utf-8") for file in self._icons.glob("*.svg")}  # they outlive the package
        self._sheet = string.Template((resources / "theme.qss").read_text(encoding="utf-8"))
        self._system_font = QFont(application.font())
        self.colours = LIGHT
        self._drawn: dict[tuple[str, str], QIcon] = {}
        application.setStyle("Fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self.apply)
        hints.accessibility().contrastPreferenceChanged.connect(self.apply)
        self.apply()

    def apply(self) -> None:
        """Take over what the system asks for now."""
        hints = self._application.styleHints()
        self._application.setPalette(QPalette())  # the system's own again
        system = self._application.palette()
        high_contrast = hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
        self.colours = self._choose(system, hints.colorScheme(), high_contrast)
        self._drawn.clear()
        self._application.setPalette(to_palette(self.colours))
        scheme = "dark" if self.colour("surface").lightness() < 128 else "light"
        sheet = self._sheet.substitute(asdict(self.colours), **self._font_sizes(), icons=self._icons.as_posix(), scheme=scheme)
        self._application.setStyleSheet(sheet)
        self.changed.emit()

    def enlarge(self, factor: float) -> None:
        """All letters so many times as large as the system wants them, for a projector; 1 is as the system wants them."""
        font = QFont(self._system_font)
        font.setPointSizeF(font.pointSizeF() * factor)
        self._application.setFont(font)
        self.apply()

    def _font_sizes(self) -> dict[str, str]:
        base = self._application.font().pointSizeF()
        return {f"size_{name}": f"{base * factor:.1f}pt" for name, factor in _SIZES.items()}

    def font(self, size: str, bold: bool = False) -> QFont:
        """The system's font in one of the sizes small, normal, large, title, words, code."""
        font = QFont(self._application.font())
        font.setPointSizeF(font.pointSizeF() * _SIZES[size])
        font.setBold(bold)
        return font

    def colour(self, name: str) -> QColor:
        """A colour by its name in `Colours`."""
        return QColor(getattr(self.colours, name))

    def icon(self, name: str, colour: str = "text") -> QIcon:
        """`resources/icons/NAME.svg`, drawn in one colour of the theme."""
        if (name, colour) not in self._drawn:
            self._drawn[name, colour] = draw(self._drawings[name].replace("currentColor", getattr(self.colours, colour)))
        return self._drawn[name, colour]

    def product_icon(self, waiting: bool = False) -> QIcon:
        """The program's own sign, with a dot while somebody waits."""
        return QIcon(str(self._icons / ("videoberatung-waiting.svg" if waiting else "videoberatung.svg")))


def choose_colours(system: QPalette, scheme: Qt.ColorScheme, high_contrast: bool) -> Colours:
    """What the system asks for. Where it names no scheme, its own window colour tells."""
    if high_contrast:
        return from_palette(system)
    by_window = system.color(QPalette.ColorRole.Window).lightness() < 128
    dark = by_window if scheme is Qt.ColorScheme.Unknown else scheme is Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def draw(drawing: str) -> QIcon:
    """An SVG drawing in all `ICON_SIZES`."""
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    icon = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def to_palette(colours: Colours) -> QPalette:
    """Our colours for everything the style sheet does not name (menus, Qt's own dialogs)."""
    role = QPalette.ColorRole
    palette = QPalette()
    for name, value in (
        (role.Window, colours.ground),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.ToolTipBase, colours.text),
        (role.ToolTipText, colours.surface),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.Mid, colours.line),
    ):
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.line))
    return palette


def from_palette(palette: QPalette) -> Colours:
    """The system's high-contrast colours under our names."""

    def of(role: QPalette.ColorRole) -> str:
        return palette.color(QPalette.ColorGroup.Active, role).name()

    role = QPalette.ColorRole
    window, text, base = of(role.Window), of(role.WindowText), of(role.Base)
    accent, on_accent = of(role.Highlight), of(role.HighlightedText)
    return Colours(
        ground=window,
        surface=base,
        raised=base,
        text=text,
        muted=text,
        line=text,
        hair=text,
        accent=accent,
        on_accent=on_accent,
        accent_soft=base,
        notice=base,
        on_notice=text,
        notice_line=text,
        good=text,
        warn=text,
        danger=text,
        on_danger=base,
        stage=base,
        on_stage=text,
        speaking=accent,
        showing=text,
    )
