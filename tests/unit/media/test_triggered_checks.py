"""Two ends that look for a path: what becomes of a check that the other side's relay swallowed."""

from __future__ import annotations

import asyncio

import aioice
import pytest
from aioice import stun

from app.media.patches import triggered_checks

MUCH_LATER_S = 600.0
BINDING_REQUEST = bytes([0, 1])
"""RFC 8489, section 5."""


class Swallows:
    """In place of a socket: the first question to each address is lost, as by a relay that does not let us in yet."""

    def __init__(self, real: asyncio.DatagramTransport) -> None:
        self._real = real
        self.lost: set[object] = set()

    def sendto(self, data: bytes, address: object) -> None:
        if data.startswith(BINDING_REQUEST) and address not in self.lost:
            self.lost.add(address)
        else:
            self._real.sendto(data, address)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent again by time in this test."""
    monkeypatch.setattr(stun, "RETRY_RTO", MUCH_LATER_S)
    triggered_checks.install()
    triggered_checks.install()


@pytest.mark.parametrize("unlucky_controls", [False, True])
async def test_a_check_that_was_lost_is_sent_again_when_the_other_sides_comes_in(unlucky_controls: bool) -> None:
    unlucky, other = (aioice.Connection(ice_controlling=controls) for controls in (unlucky_controls, not unlucky_controls))
    await asyncio.gather(unlucky.gather_candidates(), other.gather_candidates())
    for one, its in ((unlucky, other), (other, unlucky)):
        one.remote_username, one.remote_password = its.local_username, its.local_password
        for candidate in its.local_candidates:
            await one.add_remote_candidate(candidate)
        await one.add_remote_candidate(None)
    swallowing = [Swallows(protocol.transport) for protocol in unlucky._protocols]
    for protocol, swallows in zip(unlucky._protocols, swallowing, strict=True):
        protocol.transport = swallows
    async with asyncio.timeout(20):
        first = asyncio.ensure_future(unlucky.connect())
        while not any(swallows.lost for swallows in swallowing):  # noqa: ASYNC110  a socket that swallows has no event
            await asyncio.sleep(0.01)
        await asyncio.gather(first, other.connect())
    await unlucky.send(b"through")
    assert await other.recv() == b"through"
    await asyncio.gather(unlucky.close(), other.close())
