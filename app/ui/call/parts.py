"""What every conversation's window needs from the program. Imports `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.features import EVERY, Feature
from app.texts import Texts
from app.ui.call.sharing import MakeScreens
from app.ui.call.surface import Scaler
from app.ui.call.surface_choice import SurfaceMaker
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class CallParts:
    """Given by the composition root."""

    texts: Texts
    theme: Theme
    messages: Messages
    devices: DeviceLists
    make_scaler: Callable[[], Scaler]
    make_surface: SurfaceMaker
    make_screens: MakeScreens
    offer_default: bool = True
    """Whether "Standard des Systems" is among the devices; simulated ones have no such thing."""
    features: frozenset[Feature] = EVERY
    """What the agency allows in conversations."""
