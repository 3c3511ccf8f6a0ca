"""DTLS flights are sent again soon."""

from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCCertificate, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from app.media.patches import handshake
from tests.support.datagram_pipe import Pipe, pipes


@pytest.fixture(autouse=True)
def installed() -> None:
    handshake.install()


async def connected(lost_by_server: set[int], lost_by_client: set[int]) -> list[RTCDtlsTransport]:
    """Both sides."""
    ends = [RTCDtlsTransport(pipe, [RTCCertificate.generateCertificate()]) for pipe in pipes(lost_by_server, lost_by_client)]
    prints = [RTCDtlsParameters(fingerprints=end.getLocalParameters().fingerprints) for end in ends]
    await asyncio.gather(ends[0].start(prints[1]), ends[1].start(prints[0]))
    assert [end.state for end in ends] == ["connected", "connected"]
    return ends


async def connect(lost_by_server: set[int], lost_by_client: set[int]) -> float:
    """Seconds until both sides are connected."""
    began = asyncio.get_running_loop().time()
    ends = await connected(lost_by_server, lost_by_client)
    took = asyncio.get_running_loop().time() - began
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


async def test_after_the_farewell_a_message_is_lost_and_stops_nothing() -> None:
    ends = await connected(set(), set())
    ends[0]._ssl.shutdown()  # as `stop` begins, before the state says so
    with pytest.raises(ConnectionError, match="farewell"):
        await ends[0]._send_data(b"too late")
    await asyncio.gather(*(end.stop() for end in ends))
    await asyncio.sleep(0)
