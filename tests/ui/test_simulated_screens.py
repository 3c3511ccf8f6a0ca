"""Where devices are simulated, so is what can be shown."""

from __future__ import annotations

from app.media.ports import FrameSlot, I420Frame
from app.ui.simulated_screens import SimulatedScreens
from tests.support.session_table import Picture


def test_one_simulated_window_is_offered_and_shown() -> None:
    made: list[Picture] = []

    def make() -> Picture:
        made.append(Picture())
        return made[-1]

    screens = SimulatedScreens("Simulierter Bildschirm", make)
    (only,) = screens.choices()
    assert (only.name, only.is_window, screens.has_previews) == ("Simulierter Bildschirm", True, True)
    screens.stop()
    screens.choose(only)
    assert made == []
    slot: FrameSlot[I420Frame] = FrameSlot()
    screens.start(slot)
    screens.stop()
    screens.start(slot)
    assert [(picture.starts, picture.shown) for picture in made] == [(2, True)]
    screens.stop()
    assert not made[0].shown
