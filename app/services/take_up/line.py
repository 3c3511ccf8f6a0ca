"""The server's side of handing in: rights over the control link, which knows this workstation, all else over plain HTTP, which does not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from app.domain.secrets import b64url, from_b64url
from app.services.control_connection import CommandRefused, LinkLost
from app.services.link import system_trust
from app.services.link_port import Link
from app.services.take_up.ports import LineTrouble
from app.wire.codes import Code
from app.wire.survey import Quarter, Rsa2048

_T = TypeVar("_T")
TIMEOUT_S = 20.0
_MOST_BYTES = 16 * 1024


class _Key(msgspec.Struct, frozen=True):
    quarter: Quarter
    n: Rsa2048


class _Card(msgspec.Struct, frozen=True):
    keys: list[_Key]


class _Reply(msgspec.Struct, frozen=True):
    code: str


class ServerLine:
    """The methods are documented at the port."""

    def __init__(self, link: Link, base: str, trust: Callable[[], ssl.SSLContext] = system_trust) -> None:
        """`base` is what personal links start with: the public side of the server."""
        self._link = link
        self._base = base
        self._trust = trust

    @property
    def site(self) -> str | None:
        return self._link.site

    async def keys(self) -> Mapping[str, int]:
        site = self.site
        card = await self._read("/take-up.json" if site is None else f"/take-up/{site}.json", None, _Card)
        return {key.quarter: int.from_bytes(from_b64url(key.n), "big") for key in card.keys}

    async def sign(self, quarter: str, blinded: bytes) -> bytes | None:
        try:
            return from_b64url(await self._link.take_up_right(quarter, b64url(blinded)))
        except CommandRefused as refused:
            if refused.code is Code.PERIOD_CLOSED:
                return None
            raise LineTrouble from None
        except LinkLost:
            raise LineTrouble from None

    async def hand_in(self, body: bytes) -> str:
        return (await self._read("/api/take-up", body, _Reply)).code

    async def _read(self, path: str, body: bytes | None, kind: type[_T]) -> _T:
        try:
            return msgspec.json.decode(await asyncio.to_thread(self._asked, path, body), type=kind)
        except (OSError, ValueError):
            raise LineTrouble from None

    def _asked(self, path: str, body: bytes | None) -> bytes:
        """On a thread: the standard library's client takes a moment to load, waits, and knows the proxies of the operating system."""
        from http.client import HTTPException
        from urllib.request import HTTPSHandler, Request, build_opener

        request = Request(self._base + path, body, {"Content-Type": "application/json"} if body else {})  # noqa: S310 - our own server
        try:
            with build_opener(HTTPSHandler(context=self._trust())).open(request, timeout=TIMEOUT_S) as answer:
                data: bytes = answer.read(_MOST_BYTES)
        except HTTPException:
            raise LineTrouble from None
        return data
