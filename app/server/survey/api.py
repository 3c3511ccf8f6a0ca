"""The survey's HTTP: the questions, a right for who had a session, and the answer of who has a right (PROTOCOL.md, section 12).

The two POSTs know nothing of each other. Of an answer neither address nor time nor connection is kept or logged; its reply has one length
and one pace.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.domain.secrets import b64url, hash_secret
from app.server.bodies import address_of, read_body
from app.server.exchange import Exchange
from app.server.key_file import KeyFileError
from app.server.ports import Refusal, RightClaim, RoomRow, StateUnavailable
from app.server.survey.desk import SurveyDesk
from app.server.survey.sites import Desks
from app.server.survey.take_up import TakeUpDesk
from app.wire.codes import Code, WireError
from app.wire.fields import is_site
from app.wire.survey import ANSWER_BYTES, MAX_RIGHT_BYTES, REPLY_BYTES, RightWanted, parse_answered, parse_handed, parse_right

log = structlog.get_logger(__name__)

PACE_S = 0.5
"""Every reply to an answer comes so long after it was taken in, whatever was wrong with it."""
_CACHED = "public, max-age=3600"
_STATUS = {
    Code.NO_RIGHT: 403,
    Code.UNKNOWN_SEAT: 403,
    Code.UNKNOWN_LINK: 404,
    Code.CONFLICT: 409,
    Code.PERIOD_CLOSED: 410,
    Code.MALFORMED: 400,
    Code.TOO_LARGE: 400,
    Code.TOO_MANY: 429,
    Code.NOT_READY: 503,
}


class _OtherSite(Refusal):
    """The page asked under the keys of another site than its room's; nothing was noted."""

    def __init__(self, site: str) -> None:
        super().__init__(Code.CONFLICT)
        self.site = site


class SurveyApi:
    """The routes of the survey."""

    def __init__(self, exchange: Exchange, pace: float = PACE_S) -> None:
        self._exchange = exchange
        self._pace = pace

    def routes(self) -> list[Route]:
        """Two GETs for each site, three POSTs."""
        return [
            Route("/survey.json", self._card),
            Route("/survey/{site}.json", self._card),
            Route("/take-up.json", self._take_up_card),
            Route("/take-up/{site}.json", self._take_up_card),
            Route("/api/take-up", self._hand_in, methods=["POST"]),
            Route("/api/survey/right", self._right, methods=["POST"]),
            Route("/api/survey", self._answer, methods=["POST"]),
        ]

    async def _card(self, request: Request) -> Response:
        return await self._told(request, self._exchange.survey)

    async def _take_up_card(self, request: Request) -> Response:
        return await self._told(request, self._exchange.take_up)

    async def _told(self, request: Request, desks: Desks[SurveyDesk] | Desks[TakeUpDesk]) -> Response:
        site = request.path_params.get("site")
        if site is not None and not is_site(site):
            return _refused(Code.UNKNOWN_LINK)
        try:
            desk: SurveyDesk | TakeUpDesk = await desks.named(site, Code.UNKNOWN_LINK)
            body = await desk.card()
        except Refusal as refusal:
            return _refused(refusal.code)
        except (StateUnavailable, KeyFileError, OSError) as error:
            log.error("survey-key-unusable", error=type(error).__name__)
            return _refused(Code.NOT_READY)
        return Response(body, headers={"cache-control": _CACHED}, media_type="application/json")

    # ---- rights

    async def _right(self, request: Request) -> Response:
        try:
            wanted = parse_right(await read_body(request, MAX_RIGHT_BYTES))
            return JSONResponse({"signature": await self._signed(wanted, address_of(request))})
        except _OtherSite as other:
            return JSONResponse({"code": other.code.value, "site": other.site}, _STATUS[other.code])
        except (WireError, Refusal) as error:
            return _refused(Code.NO_RIGHT if error.code is Code.UNKNOWN_SEAT else error.code)
        except (StateUnavailable, KeyFileError, OSError) as error:
            log.error("survey-unavailable", error=type(error).__name__)
            return _refused(Code.NOT_READY)

    async def _signed(self, wanted: RightWanted, address: str) -> str:
        """Signed first and noted then: a right that was noted is never missing, and one that is refused never leaves."""
        exchange = self._exchange
        row = await self._room_of(wanted, address)
        if (wanted.site or exchange.survey.home) != row.card.site:
            raise _OtherSite(row.card.site)
        if not await exchange.limits.report(row.room):
            raise Refusal(Code.TOO_MANY)
        signature = await exchange.survey.of(row.card.site).sign(wanted.quarter, wanted.blinded)
        right = b64url(hashlib.sha256(f"{wanted.quarter}:{wanted.blinded}".encode()).digest())
        claim = RightClaim(right, wanted.seat, hash_secret(wanted.secret or ""))
        try:
            await exchange.store.take_right(row.room, claim)
        except Refusal as refusal:
            if refusal.code is Code.UNKNOWN_SEAT:
                await exchange.limits.failure(address)
            raise
        return signature

    async def _room_of(self, wanted: RightWanted, address: str) -> RoomRow:
        exchange = self._exchange
        if await exchange.limits.failed_too_often(address):
            raise Refusal(Code.TOO_MANY)
        if wanted.token is not None:
            row = await exchange.store.find_by_token(hash_secret(wanted.token))
        else:
            row = await exchange.store.find(wanted.room or "")
        if row is None:
            await exchange.limits.failure(address)
            raise Refusal(Code.UNKNOWN_LINK)
        return row

    # ---- answers

    async def _answer(self, request: Request) -> Response:
        async def count(body: bytes) -> None:
            answered = parse_answered(body)
            await (await self._exchange.survey.named(answered.site, Code.RIGHT_INVALID)).count(answered)

        return await self._paced(request, count)

    async def _hand_in(self, request: Request) -> Response:
        """What a workstation counted; from here on nobody knows which."""

        async def count(body: bytes) -> None:
            handed = parse_handed(body)
            await (await self._exchange.take_up.named(handed.site, Code.RIGHT_INVALID)).count(handed)

        return await self._paced(request, count)

    async def _paced(self, request: Request, count: Callable[[bytes], Awaitable[None]]) -> Response:
        body = await read_body(request, ANSWER_BYTES)
        loop = asyncio.get_running_loop()
        ready = loop.time() + self._pace
        code = await _counted(body, count)
        await asyncio.sleep(ready - loop.time())
        reply = f'{{"code":"{code}"}}'
        return Response(reply.ljust(REPLY_BYTES), media_type="application/json")


async def _counted(body: bytes, count: Callable[[bytes], Awaitable[None]]) -> str:
    """The code of what became of it."""
    try:
        await count(body)
    except (WireError, Refusal) as error:
        return error.code.value
    except (StateUnavailable, KeyFileError, OSError) as error:
        log.error("survey-unavailable", error=type(error).__name__)
        return Code.NOT_READY.value
    return "counted"


def _refused(code: Code) -> Response:
    return JSONResponse({"code": code.value}, _STATUS[code])
