"""What can go wrong with a client's devices and browser: how each fault is provoked here, and what the page must say.

`real`: the browser's own behaviour. `by-cdp`: the browser is told by its own protocol to behave so. `shim`: a script in the page stands in
for what this machine cannot do; what the real thing looks like stands in docs/known-limits.md.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ProvokedBy(enum.Enum):
    """How honest a row is."""

    REAL = "real"
    BY_CDP = "by-cdp"
    SHIM = "shim"


@dataclass(frozen=True)
class Fault:
    """One row."""

    name: str
    provoked_by: ProvokedBy
    sentence: str
    """Key of what the page says."""
    trouble: str = ""
    """Row of the page's own table (`resources/web/troubles.js`), where it is one of those."""
    script: str = ""
    """Runs in the page before its own; `fault.on = false` ends the fault."""
    agent: str = ""
    """What the browser calls itself."""
    way: str = "#ask-again"
    """What the person taps when the fault is over."""
    leads_to: str = "preview"


def refusing(name: str, message: str) -> str:
    """`getUserMedia` refuses with this error."""
    return f"""globalThis.fault = {{ on: true }};
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) =>
      fault.on ? Promise.reject(new DOMException('{message}', '{name}')) : ask(wish);"""


SILENT = """globalThis.fault = { on: true };
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  const stream = await ask(wish);
  if (!fault.on || !wish.audio) return stream;
  stream.getAudioTracks().forEach((track) => track.stop());
  const silence = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  return new MediaStream([...silence, ...stream.getVideoTracks()]);
};"""
HELD_BACK = """const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  return this.muted || !fault.on ? play.call(this) : Promise.reject(new DOMException('no', 'NotAllowedError'));
};"""
NO_DEVICES = """globalThis.fault = { on: true };
Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });"""
NOT_SECURE = """globalThis.fault = { on: true };
Object.defineProperty(window, 'isSecureContext', { value: false });
Object.defineProperty(crypto, 'subtle', { value: undefined });"""
TOO_OLD = "delete Object.hasOwn;"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
FACEBOOK = f"{IPHONE} [FBAN/FBIOS;FBAV/470.0.0.0;FBBV/1]"

ON_THE_WAY = (
    Fault("denied", ProvokedBy.REAL, "page.devices.error.denied", "denied"),
    Fault(
        "blocked by the system",
        ProvokedBy.SHIM,
        "page.devices.error.blocked",
        "blocked",
        refusing("NotAllowedError", "Permission denied by system"),
    ),
    Fault("not found", ProvokedBy.REAL, "page.devices.error.missing", "missing", way="#ask-nothing"),
    Fault("busy", ProvokedBy.SHIM, "page.devices.error.busy", "busy", refusing("NotReadableError", "Could not start video source")),
    Fault("unknown", ProvokedBy.SHIM, "page.devices.error.unknown", "unknown", refusing("TypeError", "")),
    Fault("no devices for pages", ProvokedBy.SHIM, "page.devices.error.unsupported", "unsupported", NO_DEVICES, way="#ask-nothing"),
)
"""Met on the way to the preview."""

AT_THE_DOOR = (
    Fault("in-app browser", ProvokedBy.BY_CDP, "page.in-app.what", agent=FACEBOOK, way="#stay", leads_to="welcome"),
    Fault(
        "browser inside of an app without a name",
        ProvokedBy.BY_CDP,
        "page.in-app.what-app",
        agent=IPHONE,
        way="#copy-link",
        leads_to="elsewhere",
    ),
    Fault("not encrypted", ProvokedBy.SHIM, "page.error.insecure", script=NOT_SECURE, way="#phone", leads_to="closed"),
)
"""Met before the first tap."""

IN_THE_CONVERSATION = (
    Fault("the sound is held back until a tap", ProvokedBy.SHIM, "page.room.sound-held", script=HELD_BACK, way="#sound-on"),
    Fault("silent microphone", ProvokedBy.SHIM, "page.devices.error.silent", "silent", SILENT),
    Fault("camera and microphone taken away", ProvokedBy.BY_CDP, "page.devices.error.ended", "ended"),
    Fault("a call takes the sound", ProvokedBy.SHIM, "page.devices.error.interrupted", "interrupted"),
)
"""Met while both talk; one tap leads back to picture and sound, in the same seat."""
