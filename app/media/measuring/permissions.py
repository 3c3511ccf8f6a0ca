"""Whether the system keeps a device from the program, where it says so before the device is opened. No device is touched.

Windows: the switches of Settings, Privacy, Camera and Microphone (registry, CapabilityAccessManager\\ConsentStore); that of the machine,
which only an administrator changes, blocks, that of the person denies. Linux: the rights of the camera's device file. Elsewhere nobody
says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.domain.checks import Fault
from app.media.ports import DeviceKind

_STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_CAPABILITY = {DeviceKind.CAMERA: "webcam", DeviceKind.MICROPHONE: "microphone"}
_BLOCKED = {DeviceKind.CAMERA: Fault.CAMERA_BLOCKED, DeviceKind.MICROPHONE: Fault.MIC_BLOCKED}
_DENIED = {DeviceKind.CAMERA: Fault.CAMERA_DENIED, DeviceKind.MICROPHONE: Fault.MIC_DENIED}

ReadSwitch = Callable[[bool, str], str]
"""The word in a registry key, of the machine (True) or the person; empty where there is none."""


def windows_refusal(kind: DeviceKind, read: ReadSwitch) -> Fault | None:
    """What the switches say of programs that do not come from the shop, like this one."""
    key = f"{_STORE}\\{_CAPABILITY[kind]}"
    if read(True, key) == "Deny":
        return _BLOCKED[kind]
    return _DENIED[kind] if "Deny" in (read(False, key), read(False, f"{key}\\NonPackaged")) else None


def linux_refusal(path: Path, may_use: Callable[[Path], bool] = lambda path: os.access(path, os.R_OK | os.W_OK)) -> Fault | None:
    """Of a camera's device file that is there."""
    return Fault.CAMERA_BLOCKED if path.exists() and not may_use(path) else None


def refusal(kind: DeviceKind, source: int | str) -> Fault | None:
    """Why the system would not let us have it; None where it would, or does not say. `source`: of a camera, as OpenCV takes it."""
    if sys.platform == "win32":
        return windows_refusal(kind, _read_registry)
    if sys.platform == "linux" and kind is DeviceKind.CAMERA:
        return linux_refusal(Path(f"/dev/video{source}") if isinstance(source, int) else Path(source))
    return None


def _read_registry(machine: bool, key: str) -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE if machine else winreg.HKEY_CURRENT_USER, key) as opened:
            return str(winreg.QueryValueEx(opened, "Value")[0])
    except OSError:
        return ""
