"""A browser's side made of unchanged aiortc, in a process of its own: lines of JSON in, lines of JSON out.

In: {"answer": SDP}, {"say": TEXT}, {"end": true}.
Out: {"offer": SDP}, {"state": STATE}, {"heard": TEXT}, {"clock": MS, "width": PIXELS}, {"tone": HERTZ}.
"""

from __future__ import annotations

import asyncio
import fractions
import json
import sys
import time
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from app.media.clock import draw_clock, read_clock, unix_ms

WIDTH, HEIGHT, RATE = 640, 360, 15


def tell(**values: Any) -> None:
    """One line to the test."""
    print(json.dumps(values), flush=True)


class Pictures(MediaStreamTrack):
    """Grey with a clock."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._began, self._number = time.monotonic(), 0

    async def recv(self) -> av.VideoFrame:
        """The next, in its time."""
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / RATE - time.monotonic()))
        frame = av.VideoFrame.from_ndarray(np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8), format="yuv420p")
        rows = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(-1, frame.planes[0].line_size)
        draw_clock(rows[:, :WIDTH], unix_ms())
        frame.pts, frame.time_base = self._number * 90_000 // RATE, fractions.Fraction(1, 90_000)
        return frame


class Tone(MediaStreamTrack):
    """1000 Hz."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._began, self._number = time.monotonic(), 0

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, in their time."""
        await asyncio.sleep(max(0.0, self._began + self._number * 0.02 - time.monotonic()))
        n = np.arange(960) + self._number * 960
        frame = av.AudioFrame.from_ndarray((8000 * np.sin(2 * np.pi * 1000 * n / 48_000)).astype(np.int16).reshape(1, -1), layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self._number * 960, fractions.Fraction(1, 48_000)
        self._number += 1
        return frame


async def watch(track: MediaStreamTrack) -> None:
    """Tell what is seen or heard, once for each ten frames."""
    count, sound = 0, np.zeros(0, np.float32)
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        count += 1
        if isinstance(frame, av.VideoFrame) and count % 10 == 0:
            y = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(-1, frame.planes[0].line_size)
            tell(clock=read_clock(y[: frame.height, : frame.width]), width=frame.width)
        elif isinstance(frame, av.AudioFrame):
            sound = np.concatenate((sound, frame.to_ndarray().reshape(-1, 2)[:, 0].astype(np.float32)))[-48_000:]
            if count % 10 == 0 and len(sound) == 48_000:
                spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
                tell(tone=float(np.argmax(spectrum)))


async def main() -> None:
    """Offer, and then do as told."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.BALANCED))
    connection.addTrack(Tone())
    connection.addTrack(Pictures())
    connection.addTransceiver("video", direction="inactive")
    channel = connection.createDataChannel("talk", negotiated=True, id=0)
    channel.on("message", lambda text: tell(heard=text))
    connection.on("connectionstatechange", lambda: tell(state=connection.connectionState))
    watching: list[asyncio.Task[None]] = []
    connection.on("track", lambda track: watching.append(asyncio.ensure_future(watch(track))))
    await connection.setLocalDescription(await connection.createOffer())
    tell(offer=connection.localDescription.sdp)
    loop = asyncio.get_running_loop()
    while order := json.loads(await loop.run_in_executor(None, sys.stdin.readline) or "{}"):
        if "answer" in order:
            await connection.setRemoteDescription(RTCSessionDescription(order["answer"], "answer"))
        if "say" in order:
            channel.send(order["say"])
        if "end" in order:
            break
    await connection.close()
    await asyncio.gather(*watching, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
