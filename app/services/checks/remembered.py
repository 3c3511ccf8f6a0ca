"""The devices that a person chose, remembered for the set of devices that was there: at the dock the headset, elsewhere the built-in ones.
Imports the profile's records and media ports; no Qt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from app.media.ports import Device, DeviceChoice
from app.services.profile import Devices

MOST_SETS = 20
"""So many sets are remembered; the one that was not chosen from for longest goes."""


def set_of(devices: Iterable[Device]) -> str:
    """A name of this set of devices, the same in whatever order they are listed. It tells no device's name."""
    there = "\n".join(sorted(f"{device.kind.value} {device.id}" for device in devices))
    return hashlib.sha256(there.encode()).hexdigest()[:16]


def remembered(known: Mapping[str, Devices], devices: Iterable[Device]) -> DeviceChoice | None:
    """What was chosen the last time that these devices were there; None if they never were."""
    chosen = known.get(set_of(devices))
    return None if chosen is None else chosen.choice()


def remember(known: Mapping[str, Devices], devices: Iterable[Device], choice: DeviceChoice) -> dict[str, Devices]:
    """The same with this choice as the newest; for `SettingsKeeper.change(device_sets=…)`."""
    name = set_of(devices)
    kept = {one: chosen for one, chosen in known.items() if one != name}
    newest = list(kept.items())[-(MOST_SETS - 1) :]
    return dict([*newest, (name, Devices.of(choice))])
