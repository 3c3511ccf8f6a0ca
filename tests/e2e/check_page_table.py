"""Every fault that the client's guided check can meet, and how each is provoked here (`resources/web/faults.json` says the same).

`real`: the thing itself: a machine without devices, a browser that was told no, a person who answers no, a line that delays, narrows, loses
or blocks (relays in user space on the loopback, because the kernel here has none for it), a relay that refuses. `cdp`: Chromium takes a
device away by its own protocol. `shim`: a script in the page stands in for what a test machine cannot do.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.checks import ProvokedBy
from tests.e2e.fault_table import SILENT, refusing

REAL, CDP, SHIM = ProvokedBy.REAL, ProvokedBy.CDP, ProvokedBy.SHIM


@dataclass(frozen=True)
class Case:
    """One page, and what it meets on its way through the questions."""

    name: str
    faults: dict[str, ProvokedBy]
    script: str = ""
    """Runs in the page before its own."""
    allowed: bool = True
    devices: bool = True
    """Whether the machine has any."""


def picture(draws: str, fps: float = 20) -> str:
    """A camera that shows what `draws(paper, count)` paints, 640x360, so many times a second."""
    return f"""(() => {{
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => {{
        const stream = await ask(wish);
        if (!wish.video) return stream;
        stream.getVideoTracks().forEach((track) => track.stop());
        const canvas = Object.assign(document.createElement('canvas'), {{ width: 640, height: 360 }});
        const paper = canvas.getContext('2d');
        const draws = {draws};
        let count = 0;
        const draw = () => draws(paper, count++);
        draw();
        setInterval(draw, 1000 / {fps});
        return new MediaStream([...stream.getAudioTracks(), ...canvas.captureStream().getVideoTracks()]);
      }};
    }})();"""


def voice(gain: float) -> str:
    """A microphone that hears a tone of this size."""
    return f"""(() => {{
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => {{
        const stream = await ask(wish);
        if (!wish.audio) return stream;
        stream.getAudioTracks().forEach((track) => track.stop());
        const context = new AudioContext();
        const loud = new GainNode(context, {{ gain: {gain} }});
        const tone = new OscillatorNode(context, {{ frequency: 300 }});
        const out = context.createMediaStreamDestination();
        tone.connect(loud).connect(out);
        tone.start();
        return new MediaStream([...out.stream.getAudioTracks(), ...stream.getVideoTracks()]);
      }};
    }})();"""


MOVES = "paper.fillStyle = `rgb(${100 + count % 90} 130 90)`; paper.fillRect(300, 160, 40, 40);"
FROZEN = "(paper, count) => { if (count > 0) return; paper.fillStyle = '#789'; paper.fillRect(0, 0, 640, 360); paper.fillStyle = '#fed'; paper.fillRect(200, 90, 240, 240); }"  # noqa: E501  one line of script
DARK = "(paper, count) => { paper.fillStyle = `rgb(${10 + count % 2} 12 12)`; paper.fillRect(0, 0, 640, 360); }"
BACKLIGHT = f"(paper, count) => {{ paper.fillStyle = '#fff'; paper.fillRect(0, 0, 640, 360); paper.fillStyle = '#333'; paper.fillRect(150, 80, 340, 200); {MOVES} }}"  # noqa: E501
SLOW = f"(paper, count) => {{ if (count === 0) {{ paper.fillStyle = '#999'; paper.fillRect(0, 0, 640, 360); }} {MOVES} }}"
NO_OUTPUT = """(() => {
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () => (await list()).filter(({ kind }) => kind !== 'audiooutput');
})();"""
EMPTY_BATTERY = "Navigator.prototype.getBattery = async () => ({ level: 0.08, charging: false });"
WRONG_CLOCK = "(() => { const now = Date.now; Date.now = () => now() + 7_200_000; })();"
NO_CANVAS = "HTMLCanvasElement.prototype.getContext = () => null;"

ON_THE_DEVICE = (
    Case("denied in the browser", {"camera-denied": REAL, "mic-denied": REAL}, allowed=False),
    Case("no device", {"camera-none": REAL, "mic-none": REAL}, devices=False),
    Case("taken away", {"camera-ended": CDP, "mic-ended": CDP}),
    Case(
        "blocked by the operating system",
        {"camera-blocked": SHIM, "mic-blocked": SHIM},
        script=refusing("NotAllowedError", "Permission denied by system"),
    ),
    Case("busy in another program", {"camera-busy": SHIM, "mic-busy": SHIM}, script=refusing("NotReadableError", "Could not start source")),
    Case("frozen, and silent", {"camera-frozen": SHIM, "mic-silent": SHIM}, script=picture(FROZEN) + SILENT),
    Case("dark, and quiet", {"camera-dark": SHIM, "mic-quiet": SHIM}, script=picture(DARK) + voice(0.002)),
    Case("slow, and too loud", {"camera-slow": SHIM, "mic-clipping": SHIM}, script=picture(SLOW, 5) + voice(4)),
    Case(
        "against the light, wrong outputs and inputs",
        {"camera-backlight": SHIM, "mic-wrong": REAL, "speaker-wrong": REAL},
        script=picture(BACKLIGHT) + voice(0.1),
    ),
    Case(
        "what else a device can be like",
        {"not-measured": SHIM, "speaker-none": SHIM, "battery-low": SHIM, "clock-wrong": SHIM},
        script=NO_CANVAS + NO_OUTPUT + EMPTY_BATTERY + WRONG_CLOCK,
    ),
)

ON_THE_WAY = {
    "server-unreachable": REAL,
    "websocket-blocked": REAL,
    "relay-refused": REAL,
    "udp-blocked": REAL,
    "bandwidth-small": REAL,
    "loss-high": REAL,
    "delay-high": REAL,
    "jitter-high": REAL,
}

ROWS: dict[str, ProvokedBy] = dict(ON_THE_WAY)
for case in ON_THE_DEVICE:
    ROWS |= case.faults

__all__ = ["ON_THE_DEVICE", "ON_THE_WAY", "ROWS", "Case"]
