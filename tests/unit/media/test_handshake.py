"""DTLS flights are sent again soon."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from aiortc import RTCCertificate, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from pyee.asyncio import AsyncIOEventEmitter

from app.media.patches import handshake


@pytest.fixture(autouse=True)
def installed() -> None:
    handshake.install()


class Pipe(AsyncIOEventEmitter):
    """Stands for an ICE transport; loses the datagrams whose numbers it is told."""

    def __init__(self, role: str, lost: set[int]) -> None:
        super().__init__()
        self.role, self.lost = role, lost
        self._connection = SimpleNamespace(take_media=None)
        self.sent = 0
        self.thrice = asyncio.Event()
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.other: Pipe | None = None

    async def _send(self, data: bytes) -> None:
        self.sent += 1
        if self.sent == 3:
            self.thrice.set()
        if self.sent not in self.lost and self.other is not None:
            self.other.inbox.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self.inbox.get()
        if data is None:
            raise ConnectionError
        return data


async def connect(lost_by_server: set[int], lost_by_client: set[int]) -> float:
    """Seconds until both sides are connected."""
    server, client = Pipe("controlling", lost_by_server), Pipe("controlled", lost_by_client)
    server.other, client.other = client, server
    ends = [RTCDtlsTransport(pipe, [RTCCertificate.generateCertificate()]) for pipe in (server, client)]
    prints = [RTCDtlsParameters(fingerprints=end.getLocalParameters().fingerprints) for end in ends]
    began = asyncio.get_running_loop().time()
    await asyncio.gather(ends[0].start(prints[1]), ends[1].start(prints[0]))
    took = asyncio.get_running_loop().time() - began
    assert [end.state for end in ends] == ["connected", "connected"]
    await asyncio.gather(*(end.stop() for end in ends))
    await asyncio.sleep(0)
    return took


async def test_a_lost_flight_does_not_wait_for_the_slow_timer() -> None:
    assert await connect(lost_by_server={1}, lost_by_client={1}) < 1.0, "OpenSSL's own timer alone takes 1 s and then 2 s"


async def test_nothing_is_sent_twice_on_a_good_line() -> None:
    pipe_took = await connect(set(), set())
    assert pipe_took < handshake.RESEND_S * handshake.RESENDS


async def test_it_ends_with_the_connection() -> None:
    pipe = Pipe("controlled", set())
    end = RTCDtlsTransport(pipe, [RTCCertificate.generateCertificate()])
    other = RTCCertificate.generateCertificate()
    starting = asyncio.ensure_future(end.start(RTCDtlsParameters(fingerprints=other.getFingerprints())))
    async with asyncio.timeout(10):
        await pipe.thrice.wait()
        pipe.inbox.put_nowait(None)
        await starting
    assert end.state == "failed"
    assert len(asyncio.all_tasks()) == 1
