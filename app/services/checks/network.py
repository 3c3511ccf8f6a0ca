"""The way to the server, step by step: can it be spoken to, does a WebSocket stand, how good is it, what passes beside TCP.

Imports `app.domain` and ports; the relay is asked by `media`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.domain.check_rules import NetworkFigures
from app.domain.checks import Fault
from app.media.check_ports import RelayProbe
from app.services.checks.reach import Reached, Trust, reach
from app.services.checks.way import Blocked, measure_way
from app.services.link import system_trust
from app.wire.messages import IceServer


class ServerNetworkProbe:
    """`NetworkProbe`. Its last look at the server tells the clock as well (`clock_off_s`), which the machine's probe waits for."""

    def __init__(
        self,
        url: str,
        relay: RelayProbe,
        ice_servers: Callable[[], Sequence[IceServer]] = lambda: (),
        trust: Trust = system_trust,
    ) -> None:
        """`url` is what links start with, without a slash at the end; `ice_servers` what the server told the program, now."""
        self._url = url
        self._relay = relay
        self._ice_servers = ice_servers
        self._trust = trust
        self._reaching: asyncio.Task[Reached] | None = None

    async def measure(self, *, brief: bool = False) -> NetworkFigures:
        """See `NetworkProbe`."""
        reached = await self._reached(anew=True)
        if reached.trouble is not None:
            return NetworkFigures(trouble=reached.trouble)
        try:
            way = await measure_way(self._url, self._trust, brief)
        except Blocked:
            return NetworkFigures(trouble=Fault.WEBSOCKET_BLOCKED)
        beside = await self._relay.measure(self._ice_servers(), brief=brief)
        return NetworkFigures(
            udp=beside.udp,
            relay=beside.relay,
            round_trip_ms=way.round_trip_ms if beside.round_trip_ms is None else beside.round_trip_ms,
            jitter_ms=way.jitter_ms if beside.jitter_ms is None else beside.jitter_ms,
            loss=way.loss if beside.loss is None else beside.loss,
            down_kbps=way.down_kbps,
            up_kbps=way.up_kbps,
        )

    async def clock_off_s(self) -> float | None:
        """This machine's clock minus the server's; None where it could not be asked."""
        return (await self._reached(anew=False)).clock_off_s

    async def _reached(self, anew: bool) -> Reached:
        if self._reaching is None or (anew and self._reaching.done()):
            self._reaching = asyncio.ensure_future(reach(self._url, self._trust))
        return await asyncio.shield(self._reaching)
