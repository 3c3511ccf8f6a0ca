"""Somebody between program and server who ends TLS and reads and changes everything, as an inspecting proxy may."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import websockets

from app.wire.messages import CONTROL_SUBPROTOCOL

Json = dict[str, Any]
Change = Callable[[Json], Json | None]
"""What becomes of a message on its way; None swallows it."""


def as_it_is(message: Json) -> Json:
    return message


@dataclass
class Between:
    """What passed, and where the program has to connect to pass here."""

    url: str = ""
    to_server: list[Json] = field(default_factory=list)
    to_program: list[Json] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Everything, as text."""
        return json.dumps([*self.to_server, *self.to_program])


@contextlib.asynccontextmanager
async def between(server: str, of_program: Change = as_it_is, of_server: Change = as_it_is) -> AsyncIterator[Between]:
    """`server` is the address of its control link."""
    here = Between()

    async def pump(source: Any, target: Any, change: Change, seen: list[Json]) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in source:
                seen.append(json.loads(text))
                if (changed := change(json.loads(text))) is not None:
                    await target.send(json.dumps(changed))
        await target.close()

    async def serve(program: websockets.ServerConnection) -> None:
        async with websockets.connect(server, subprotocols=[CONTROL_SUBPROTOCOL], compression=None, proxy=None) as far:  # type: ignore[list-item]
            await asyncio.gather(pump(program, far, of_program, here.to_server), pump(far, program, of_server, here.to_program))

    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=[CONTROL_SUBPROTOCOL]) as listening:  # type: ignore[list-item]
        here.url = f"ws://127.0.0.1:{next(iter(listening.sockets)).getsockname()[1]}/ws/control"
        yield here
