"""The reference: a PeerJS server (npm `peer`) that does the same signalling for as many clients, counsellors' programs among them.

Clients connect, give a sign of life every 5 s, and pass an offer, an answer and candidates to each other. It knows no rooms, no rights and
no waiting, so the offer from the counsellor's side stands for the admission.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import websockets

from app.bench.load.bounds import CLIENTS_OF_AN_ADDRESS, MAX_CLIENTS, source
from app.bench.load.crowd import AT_ONCE, FAILURES, ROOMS, STRIDE, in_portions
from app.bench.load.host import ROOT, Running, running
from app.bench.load.line import Json
from app.bench.load.session import ANSWER, CANDIDATE, CANDIDATES, OFFER, STEP_S
from app.bench.load.tally import Tally

NODE = ROOT / ".venv/bin/node"
PROGRAM = ROOT / "node_modules/peer/dist/bin/peerjs.js"
BEAT_S = 5.0
"""As PeerJS's own client does."""
_HEARTBEAT = '{"type":"HEARTBEAT"}'
_decoder = msgspec.json.Decoder(Json)


@contextlib.asynccontextmanager
async def reference(port: int, cores: frozenset[int], log: Path) -> AsyncIterator[Running]:
    """It, listening. Raises HostError."""
    command = (str(NODE), str(PROGRAM), "--port", str(port), "--host", "127.0.0.1", "--concurrent_limit", str(2 * MAX_CLIENTS))
    async with running(command, cores, log) as process:
        yield process


class Peer:
    """One of its clients."""

    def __init__(self, name: str, url: str, address: str) -> None:
        self.name = name
        self.address = address
        self.heard: asyncio.Queue[float] = asyncio.Queue()
        self._url = url
        self._socket: websockets.ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def come(self) -> None:
        """Connected and known by its name."""
        where = f"{self._url}/peerjs?key=peerjs&id={self.name}&token=of-{self.name}"
        self._socket = await websockets.connect(
            where, compression=None, proxy=None, ping_interval=None, open_timeout=60, user_agent_header=None, local_addr=(self.address, 0)
        )
        await self._socket.recv()  # OPEN
        self._tasks = [asyncio.create_task(self._read(self._socket)), asyncio.create_task(self._beat(self._socket))]

    async def send(self, type_: str, to: str, payload: dict[str, Any]) -> None:
        """To another one."""
        if self._socket is not None:
            await self._socket.send(msgspec.json.encode({"type": type_, "dst": to, "payload": payload}), text=True)

    async def _read(self, socket: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in socket:
                if _decoder.decode(text)["type"] in ("OFFER", "ANSWER", "CANDIDATE"):
                    self.heard.put_nowait(time.perf_counter())

    async def _beat(self, socket: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(BEAT_S)
                await socket.send(_HEARTBEAT)

    @property
    def lost(self) -> bool:
        """Closed, though nobody closed it."""
        return bool(self._tasks) and self._tasks[0].done()

    async def go(self) -> None:
        """Close."""
        if self._socket is not None:
            await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class PeerCrowd:
    """As many clients as a Crowd has, and as many programs."""

    def __init__(self, clients: int, port: int) -> None:
        url = f"ws://127.0.0.1:{port}"
        self.tally = Tally()
        programs = clients // ROOMS
        self.programs = [Peer(f"program{n:08d}", url, source(MAX_CLIENTS + n * CLIENTS_OF_AN_ADDRESS)) for n in range(programs)]
        self.pages = [Peer(f"page{n:08d}", url, source(n)) for n in range(clients)]

    async def come(self) -> None:
        """All of them."""

        async def come(peer: Peer) -> None:
            began = time.perf_counter()
            try:
                await peer.come()
            except FAILURES as error:
                self.tally.failed(f"connect-{type(error).__name__}")
            else:
                self.tally.connected.add(time.perf_counter() - began)

        await in_portions([partial(come, peer) for peer in (*self.programs, *self.pages)], AT_ONCE)

    async def sessions(self, per_s: float, seconds: float) -> None:
        """As `Crowd.sessions`, without rooms and survey."""
        began = time.perf_counter()

        async def session(number: int) -> None:
            await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
            place = number * STRIDE % len(self.pages)
            await self._session(self.pages[place], self.programs[place // ROOMS])

        await asyncio.gather(*(session(number) for number in range(min(len(self.pages), int(per_s * seconds)))))

    async def _session(self, page: Peer, program: Peer) -> None:
        try:
            async with asyncio.timeout(STEP_S):
                began = time.perf_counter()
                await program.send("CANDIDATE", page.name, {"admitted": True})
                self.tally.admitted.add(await page.heard.get() - began)
                await self._passed(page, program, "OFFER", {"sdp": OFFER})
                await self._passed(program, page, "ANSWER", {"sdp": ANSWER})
                for _ in range(CANDIDATES):
                    await self._passed(page, program, "CANDIDATE", {"candidate": CANDIDATE})
                    await self._passed(program, page, "CANDIDATE", {"candidate": CANDIDATE})
        except TimeoutError:
            self.tally.failed("session-too-slow")

    async def _passed(self, sender: Peer, to: Peer, type_: str, payload: dict[str, Any]) -> None:
        """Programs are in one session at a time here, or take somebody else's message for theirs: what counts is how long one takes."""
        began = time.perf_counter()
        await sender.send(type_, to.name, payload)
        self.tally.signal(await to.heard.get() - began, offer=type_ == "OFFER")

    def lost(self) -> int:
        """Connections that ended though nobody closed them."""
        return sum(peer.lost for peer in (*self.programs, *self.pages))

    async def go(self) -> None:
        """Everybody closes."""
        await in_portions((peer.go for peer in (*self.pages, *self.programs)), AT_ONCE)
