"""What the windows of a device check need from the program. Imports `app.services`, media ports and `app.ui` only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.media.ports import DeviceChoice
from app.services.checks.which_server import WhichServer
from app.services.clock import Clock
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.call.surface import Scaler
from app.ui.devices import DeviceLists
from app.ui.messages import Messages
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.domain.check_result import CheckResult
    from app.domain.checks import FaultTable
from app.services.checks.check_list import CheckList, Length

MakeList = Callable[[DeviceChoice, "Length"], Awaitable["CheckList"]]
"""Loads what measures, off the Qt thread; nothing of it is there before somebody checks."""


@dataclass(frozen=True, slots=True)
class Protocols:
    """A full check as IT support gets it. The last two are called on a thread."""

    text: Callable[[CheckResult], str]
    json: Callable[[CheckResult], bytes]
    pdf: Callable[[CheckResult], bytes]


@dataclass(frozen=True, slots=True)
class CheckTools:
    """Given by the composition root when somebody checks for the first time."""

    make_list: MakeList
    table: FaultTable
    protocols: Protocols
    choice: Callable[[], DeviceChoice]
    """The devices that a conversation would use now."""
    choose: Callable[[DeviceChoice], object]
    """Use these from now on, and remember them for the devices that are plugged in."""
    offer_default: bool = True
    """Whether "Standard des Systems" is among the devices."""
    server: WhichServer = WhichServer.OWN
    """To which the way is measured."""


@dataclass(frozen=True, slots=True)
class CheckParts:
    """The tools, and what every window of the program has."""

    tools: CheckTools
    session_runs: Callable[[], bool]
    """Whether a conversation has the devices."""
    devices: DeviceLists
    tasks: Tasks
    messages: Messages
    texts: Texts
    theme: Theme
    clock: Clock
    make_scaler: Callable[[], Scaler]


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What is known of the device check before anybody checks."""

    tools: Callable[[], CheckTools]
    hint: bool
    """Nobody has checked on this workstation yet, nor put the hint away."""
    hint_over: Callable[[], object]
    """Not to be shown any more."""
