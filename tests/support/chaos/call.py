"""One real call (aiortc, sound both ways) whose descriptions travel through the servers: what breaks there must not be heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack

from app.wire.messages import Answer, Offer
from tests.support.chaos.counsellors import Counsellor
from tests.support.chaos.tabs import Tab
from tests.support.page_client import Json


class Call:
    """Between a tab and its counsellor; made once, then left alone."""

    def __init__(self, tab: Tab, counsellor: Counsellor) -> None:
        self._tab, self._counsellor = tab, counsellor
        self._page, self._program = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
        self._tasks: set[asyncio.Task[Any]] = set()
        self._heard_at: dict[str, float] = {}
        self._gaps: dict[str, float] = {}
        self._both_hear = asyncio.Event()

    async def begin(self) -> None:
        """Returns when sound came both ways."""
        for name, connection in (("page", self._page), ("program", self._program)):
            connection.addTrack(AudioStreamTrack())
            connection.on("track", lambda track, name=name: self._start(self._listen(name, track)))
        self._tab.answered, self._counsellor.answer = self._answered, self._offered
        await self._page.setLocalDescription(await self._page.createOffer())
        await self._tab.offer(self._page.localDescription.sdp)
        await self._both_hear.wait()

    def _offered(self, offer: Offer) -> None:
        self._start(self._accept(offer))

    async def _accept(self, offer: Offer) -> None:
        await self._program.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await self._program.setLocalDescription(await self._program.createAnswer())
        sdp = self._program.localDescription.sdp
        self._counsellor.link.send(Answer(seq=1, room=offer.room, epoch=offer.epoch, sdp=sdp, to=offer.from_))

    def _answered(self, message: Json) -> None:
        self._start(self._page.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer")))

    async def _listen(self, name: str, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                now = time.monotonic()
                self._gaps[name] = max(self._gaps.get(name, 0.0), now - self._heard_at.get(name, now))
                self._heard_at[name] = now
                if len(self._heard_at) == len(("page", "program")):
                    self._both_hear.set()
        except MediaStreamError:
            return

    def longest_gap(self) -> float:
        """Seconds without sound on either side since this was asked last; also one that still lasts."""
        silent = time.monotonic() - min(self._heard_at.values())
        gap = max(silent, *self._gaps.values(), 0.0)
        self._gaps.clear()
        return gap

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for connection in (self._page, self._program):
            await connection.close()
        for task in tuple(self._tasks):
            task.cancel()
