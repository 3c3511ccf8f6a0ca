"""Speaks the Chrome DevTools Protocol over one WebSocket. Knows no page of ours; imports nothing of `app`.

One connection carries the browser itself and every page (flattened sessions, `Target.attachToTarget`).
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Handler = Callable[[dict[str, Any]], None]

ANSWER_S = 30.0
"""How long a command may take; a screenshot on a busy machine takes seconds."""


class CdpError(Exception):
    """The browser refused a command, gave no answer or is gone. For us: a step of the demonstration then fails with this text."""


class CdpConnection:
    """Sends commands and hands out events."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._open: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, address: str) -> CdpConnection:
        """Connect to `ws://127.0.0.1:PORT/devtools/browser/…`."""
        return cls(await connect(address, max_size=None, compression=None, proxy=None, ping_interval=None))

    async def send(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        """Carry out one command and give its result. Raises CdpError."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        try:
            await self._socket.send(json.dumps(message))
            return await asyncio.wait_for(answer, ANSWER_S)
        except ConnectionClosed:
            raise CdpError(f"{method}: the browser is gone") from None
        except TimeoutError:
            raise CdpError(f"{method}: no answer in {ANSWER_S:.0f} s") from None
        finally:
            self._open.pop(number, None)

    def on(self, method: str, handler: Handler, session: str = "") -> None:
        """Call `handler` with the parameters of each such event; one handler for each event of a session."""
        self._handlers[session, method] = handler

    async def close(self) -> None:
        """End the connection; the browser goes on."""
        await self._socket.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            for answer in self._open.values():
                if not answer.done():
                    answer.set_exception(CdpError("the browser is gone"))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            handler = self._handlers.get((message.get("sessionId", ""), message["method"]))
            if handler is not None:
                handler(message["params"])
            return
        answer = self._open.get(message["id"])
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(CdpError(message["error"].get("message", "refused")))
        else:
            answer.set_result(message["result"])
