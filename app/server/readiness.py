"""Whether this server should get clients: `/readyz` on both listeners, for balancers (yes or no) and for IT (which part is away)."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.domain.secrets import new_id
from app.server.exchange import Exchange
from app.server.ports import StateUnavailable

ANSWER_S = 2.0
"""A database that does not answer within it counts as away."""


class Readiness:
    """A server without its database serves nobody; one without its broker serves, with delay."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Everybody is sent to another server."""
        return self._stopping

    @property
    def settled(self) -> bool:
        """News of other servers come at once."""
        return self._exchange.fanout.settled

    def stop(self) -> None:
        """The server is about to stop."""
        self._stopping = True

    def public_routes(self) -> list[Route]:
        """Says nothing but yes or no."""
        return [Route("/readyz", self._brief)]

    def control_routes(self) -> list[Route]:
        """Says which part is away."""
        return [Route("/readyz", self._full)]

    async def _brief(self, _: Request) -> Response:
        ready = not self._stopping and await self._database()
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    async def _full(self, _: Request) -> Response:
        database = await self._database()
        ready = not self._stopping and database
        answer = {"ready": ready, "stopping": self._stopping, "database": database, "broker": self._exchange.fanout.settled}
        return JSONResponse(answer, 200 if ready else 503)

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._exchange.store.find(new_id())
        except (StateUnavailable, TimeoutError):
            return False
        return True
