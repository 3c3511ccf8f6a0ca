"""A simulated screen to choose where devices are simulated, for demonstrations and training: no real window is shown by mistake.

Imports Qt and the ports only; implements `Screens`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.media.ports import FrameSlot, I420Frame, ScreenSource
from app.ui.screens import ScreenTrouble, Shown


class SimulatedScreens(QObject):
    """One window to choose."""

    trouble = Signal(ScreenTrouble)

    def __init__(self, name: str, make_source: Callable[[], ScreenSource]) -> None:
        """`name` is what a person reads; `make_source` loads what draws, when it is needed."""
        super().__init__()
        self._name = name
        self._make_source = make_source
        self._source: ScreenSource | None = None

    @property
    def has_previews(self) -> bool:
        """See `Screens`."""
        return True

    def choices(self) -> Sequence[Shown]:
        """See `Screens`."""
        return [Shown(self._name, is_window=True, handle=None)]

    def choose(self, shown: Shown) -> None:
        """See `Screens`; there is one."""

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """See `Screens`."""
        self._source = self._source or self._make_source()
        self._source.start(slot)

    def stop(self) -> None:
        """See `Screens`."""
        if self._source is not None:
            self._source.stop()
