"""The counsellor's engine on a host of its own, for the benchmark of poor lines: serves a page, takes its offer, counts what arrives.

    python -m app.bench.line_host {ours,aiortc} ADDRESS

Says one line of JSON with its port, and ends when stdin ends. HTTP: `GET /` the page, `POST /offer` an SDP for an SDP, `GET /figures`.
"""

from __future__ import annotations

import http.server
import json
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import structlog

from app.bench.program import make_engine
from app.media.clock import read_clock
from app.media.engine import AiortcEngine
from app.media.ports import Call, CallState, DeviceChoice, DeviceKind, DeviceTrouble
from app.wire.safety_words import Fingerprints

SCRIPT = Path(__file__).with_name("line_page.js")
PAGE = "<!doctype html><title>line</title><video id=remote-video autoplay playsinline></video>"
ANSWER_S = 20.0
DEVICES = DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker")


class Unheard:
    """A `CallListener` that nobody needs here."""

    def call_state(self, epoch: int, state: CallState) -> None: ...

    def call_doubted(self, epoch: int) -> None: ...

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None: ...

    def call_talk_open(self, epoch: int) -> None: ...

    def call_talk(self, epoch: int, text: str) -> None: ...

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None: ...


class Host:
    """One call, and what came of it."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._shown: list[dict[str, float]] = []
        call.remote_picture.watch(self._see)

    def _see(self) -> None:
        _, frame = self._call.remote_picture.newest()
        value = None if frame is None else read_clock(frame.y)
        with self._lock:
            self._shown.append({"at": time.time() * 1000, "value": -1 if value is None else value})

    def answer(self, sdp: str) -> str:
        """To the page's only offer."""
        return self._call.take_offer(1, sdp).result(ANSWER_S)

    def figures(self) -> dict[str, Any]:
        """Pictures since the last call, and the sound so far."""
        with self._lock:
            shown, self._shown = self._shown, []
        stats = self._call.stats()
        return {"shown": shown, "at": time.time() * 1000, "energy": stats.played_energy, "concealed": stats.audio_concealed_share}


class Handler(http.server.BaseHTTPRequestHandler):
    """Speaks for `host`."""

    host: Host

    def do_GET(self) -> None:
        if self.path == "/figures":
            self._say("application/json", json.dumps(self.host.figures()))
        else:
            self._say(
                "text/html",
                f"<!doctype html><video id=remote-video autoplay playsinline></video><script>{SCRIPT.read_text('utf-8')}</script>",
            )

    def do_POST(self) -> None:
        sdp = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say("application/sdp", self.host.answer(sdp))

    def _say(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the base's name
        """Silent."""


def main(side: str, address: str) -> None:
    """Until stdin ends."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR), logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    engine = make_engine(side) or AiortcEngine()
    engine.start()
    call = engine.open_call(Unheard(), DEVICES, [])
    handler = type("HostHandler", (Handler,), {"host": Host(call)})
    server = http.server.ThreadingHTTPServer((address, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_port}), flush=True)
    sys.stdin.read()
    server.shutdown()
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
