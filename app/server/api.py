"""The three POSTs of the public listener: the look before the tap, the look by code, and the report after a tap (PROTOCOL.md, sections 3,
10 and 11). Only the report changes anything, and only what is known of readiness.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.domain.secrets import hash_secret
from app.server.bodies import address_of, read_body
from app.server.exchange import Exchange
from app.server.ports import Refusal, RoomRow, StateUnavailable
from app.server.rules import check_open
from app.wire.codes import Code, WireError
from app.wire.discreet import Discreet
from app.wire.fields import DictatedCode, Key32
from app.wire.readiness import MAX_REPORT_BYTES, Report, parse_report

log = structlog.get_logger(__name__)

_STATUS = {
    Code.UNKNOWN_LINK: 404,
    Code.UNKNOWN_CODE: 404,
    Code.EXPIRED_LINK: 410,
    Code.REVOKED_LINK: 410,
    Code.TOO_MANY: 429,
    Code.NOT_READY: 503,
}

_T = TypeVar("_T")
_Work = Callable[[Request], Awaitable[Response]]


class LookAsked(Discreet, frozen=True):
    """Body of `POST /api/look`."""

    HIDDEN = frozenset({"look"})
    look: Key32


class CodeAsked(Discreet, frozen=True):
    """Body of `POST /api/code`."""

    HIDDEN = frozenset({"code"})
    code: DictatedCode


class Api:
    """The routes beside the page's files."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[Route]:
        """All of them, each a POST."""
        ways = {"/api/look": self._look, "/api/code": self._code, "/api/report": self._report}
        return [Route(path, self._answering(work), methods=["POST"]) for path, work in ways.items()]

    def _answering(self, work: _Work) -> _Work:
        """`work`, with a refusal as its answer."""

        async def answer(request: Request) -> Response:
            try:
                return await work(request)
            except Refusal as refusal:
                return self._refused(refusal.code)
            except StateUnavailable:
                log.error("state-unavailable")
                return self._refused(Code.NOT_READY)

        return answer

    def _refused(self, code: Code) -> Response:
        self._exchange.meter.refused(code)
        return JSONResponse({"code": code.value}, _STATUS[code])

    async def _look(self, request: Request) -> Response:
        look = _decoded(await _short_body(request), LookAsked)
        return self._card(await self._known(request, hash_secret(look.look) if look else None))

    async def _known(self, request: Request, look_hash: str | None) -> RoomRow:
        """The room to look at. Refuses `unknown-link` and `too-many`."""
        limits, address = self._exchange.limits, address_of(request)
        if await limits.failed_too_often(address):
            raise Refusal(Code.TOO_MANY)
        row = await self._exchange.store.find_by_look(look_hash) if look_hash else None
        if row is None:
            await limits.failure(address)
            raise Refusal(Code.UNKNOWN_LINK)
        return row

    async def _code(self, request: Request) -> Response:
        asked = _decoded(await _short_body(request), CodeAsked)
        return self._card(await self._exchange.codes.find(asked.code if asked else None, address_of(request)))

    def _card(self, row: RoomRow) -> Response:
        """What the page may show before anybody joined."""
        card, wish, now = row.card, row.readiness.wish, self._exchange.now
        return JSONResponse(
            {
                "label": card.label,
                "phone": card.phone,
                "starts_at": card.starts_at,
                "opens_at": card.opens_at,
                "minutes": card.minutes,
                "language": card.language,
                "save_data": card.save_data,
                "wish": wish.value if wish else "",
                "state": _state(row, now),
                "now": now,
            }
        )

    # ---- reports

    async def _report(self, request: Request) -> Response:
        try:
            report = parse_report(await _short_body(request))
        except WireError:
            report = None
        row = await self._reported(request, report)
        if report is None or not await self._exchange.limits.report(row.room):
            raise Refusal(Code.TOO_MANY)
        exchange = self._exchange
        await exchange.announce_to_owner(await exchange.store.note_report(row.room, report, exchange.now))
        return Response(status_code=204)

    async def _reported(self, request: Request, report: Report | None) -> RoomRow:
        """The room that the report is about. Refuses `unknown-link`, `unknown-code` and `too-many`."""
        limits, address = self._exchange.limits, address_of(request)
        if report is not None and report.code is not None:
            return await self._exchange.codes.find(report.code, address)
        if await limits.failed_too_often(address):
            raise Refusal(Code.TOO_MANY)
        row = await self._named(report) if report is not None else None
        if row is None:
            await limits.failure(address)
            raise Refusal(Code.UNKNOWN_LINK)
        return row

    async def _named(self, report: Report) -> RoomRow | None:
        """By the link's token, or by a seat whose secret the tab holds."""
        if report.token is not None:
            return await self._exchange.store.find_by_token(hash_secret(report.token))
        row = await self._exchange.store.find(report.room or "")
        seat = row.seat(report.seat or "") if row else None
        presented = hash_secret(report.secret or "")
        hashes = [h for h in (seat.secret_hash, seat.former_hash) if h] if seat else []
        return row if any(hmac.compare_digest(h, presented) for h in hashes) else None


async def _short_body(request: Request) -> bytes:
    """The body; nothing if it is too long or too slow."""
    body = await read_body(request, MAX_REPORT_BYTES)
    return body if len(body) <= MAX_REPORT_BYTES else b""


def _decoded(body: bytes, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _state(row: RoomRow, now: int) -> str:
    try:
        check_open(row, now)
    except Refusal as refusal:
        return "early" if refusal.code is Code.TOO_EARLY else "over"
    return "open"
