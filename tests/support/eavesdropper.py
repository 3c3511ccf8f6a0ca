"""A man in the middle with the power of a bad server: ends the browser's line at himself and opens another one to the program.

He sits in the page's WebSocket, swaps both session descriptions for his own and passes the talk channel on, so that both sides believe
they are connected. Only the safety words can tell.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiortc import AudioStreamTrack, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaBlackhole
from aiortc.sdp import candidate_from_sdp
from playwright.async_api import Page, WebSocketRoute


class Eavesdropper:
    """Use `tap` before the page is opened, `close` at the end."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        """Every message of the talk channel, of both sides."""
        self._near: RTCPeerConnection | None = None
        self._far: RTCPeerConnection | None = None
        self._ways: list[RTCDataChannel] = []
        self._holes: list[MediaBlackhole] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def tap(self, page: Page) -> None:
        """Sit in the page's connection to the server."""
        await page.route_web_socket("**/ws/client", self._between)

    async def close(self) -> None:
        """End both lines."""
        for task in self._tasks:
            task.cancel()
        for hole in self._holes:
            await hole.stop()
        for line in (self._near, self._far):
            if line is not None:
                await line.close()

    def _between(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(lambda text: self._start(self._from_browser(server, str(text))))
        server.on_message(lambda text: self._start(self._from_server(browser, str(text))))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _from_browser(self, server: WebSocketRoute, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "offer":
            server.send(json.dumps(message | {"sdp": await self._swap_offer(message["sdp"])}))
        elif message["type"] == "candidate":
            await _add(self._near, message)
        else:
            server.send(text)

    async def _from_server(self, browser: WebSocketRoute, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "answer":
            browser.send(json.dumps(message | {"sdp": await self._swap_answer(message["sdp"])}))
        elif message["type"] == "candidate":
            await _add(self._far, message)
        else:
            browser.send(text)

    async def _swap_offer(self, sdp: str) -> str:
        """The browser's offer becomes ours to the program."""
        self._near, self._far = self._line(), self._line()
        self._join()
        await self._near.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self._far.addTransceiver(AudioStreamTrack(), "sendrecv")
        self._far.addTransceiver(VideoStreamTrack(), "sendrecv")
        self._far.addTransceiver("video", "inactive")
        await self._far.setLocalDescription(await self._far.createOffer())
        return self._far.localDescription.sdp

    async def _swap_answer(self, sdp: str) -> str:
        """The program's answer becomes ours to the browser."""
        assert self._near is not None
        assert self._far is not None
        await self._far.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        self._near.addTrack(AudioStreamTrack())
        self._near.addTrack(VideoStreamTrack())
        await self._near.setLocalDescription(await self._near.createAnswer())
        return self._near.localDescription.sdp

    def _line(self) -> RTCPeerConnection:
        line = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        hole = MediaBlackhole()
        self._holes.append(hole)

        @line.on("track")
        async def _(track: Any) -> None:
            hole.addTrack(track)
            await hole.start()

        return line

    def _join(self) -> None:
        """What one side says on the talk channel, the other hears."""
        assert self._near is not None
        assert self._far is not None
        self._ways = [line.createDataChannel("talk", negotiated=True, id=0) for line in (self._near, self._far)]
        for way, other in (self._ways, reversed(self._ways)):
            self._pass_on(way, other)

    def _pass_on(self, way: RTCDataChannel, other: RTCDataChannel) -> None:
        @way.on("message")
        async def _(text: str) -> None:
            self.heard.append(json.loads(text))
            while other.readyState != "open":  # noqa: ASYNC110 - aiortc tells it by an event that may have been
                await asyncio.sleep(0.02)
            other.send(text)


async def _add(line: RTCPeerConnection | None, message: dict[str, Any]) -> None:
    """A trickled candidate, where it can be understood."""
    if line is None or not message["candidate"]:
        return
    candidate = candidate_from_sdp(message["candidate"].removeprefix("candidate:"))
    candidate.sdpMid, candidate.sdpMLineIndex = message.get("mid"), message.get("line")
    if not candidate.ip.endswith(".local"):
        await line.addIceCandidate(candidate)
