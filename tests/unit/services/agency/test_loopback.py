"""The place to which the browser brings the answer: who may knock, and what it tells."""

from __future__ import annotations

import asyncio
import http.client
from urllib.parse import urlencode, urlsplit

import pytest

from app.services.agency.loopback import HOST, PATH, Waiting, waiting_for

STATE = "the-right-state"


def knock(
    waiting: Waiting, path: str = PATH, method: str = "GET", host: str | None = None, **values: str
) -> tuple[int, str, dict[str, str]]:
    place = urlsplit(waiting.address)
    connection = http.client.HTTPConnection(HOST, place.port, timeout=10)
    try:
        connection.request(method, f"{path}{'&' if '?' in path else '?'}{urlencode(values)}", headers={"Host": host or place.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def page(arrived: bool) -> str:
    return "Danke" if arrived else "Nein"


async def test_the_right_answer_is_told_once_and_thanked_for() -> None:
    async with waiting_for(STATE, page) as waiting:
        place = urlsplit(waiting.address)
        assert (place.scheme, place.hostname, place.path) == ("http", "127.0.0.1", "/sign-in")
        for code in ("1", "2"):
            status, text, headers = await asyncio.to_thread(knock, waiting, state=STATE, code=code)
            assert (status, text) == (200, "Danke")
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert not {"Server", "Date"} & set(headers)
        assert await waiting.arrived() == {"state": STATE, "code": "1"}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(knock, waiting, state=STATE)


async def test_nobody_else_is_taken_for_the_browser() -> None:
    async with waiting_for(STATE, page) as waiting:
        for path, host, values in (
            (PATH, None, {"state": "another", "code": "1"}),
            (PATH, None, {"code": "1"}),
            (PATH, "localhost", {"state": STATE}),
            (PATH, "mallory.example", {"state": STATE}),
            ("/favicon.ico", None, {"state": STATE}),
            (f"{PATH}/more", None, {"state": STATE}),
            (PATH, None, {"state": STATE, "code": "x" * 8_000}),
            (f"{PATH}?state={STATE}", None, {"state": STATE}),
        ):
            status, text, _ = await asyncio.to_thread(knock, waiting, path, host=host, **values)
            assert (status, text) == (404, "Nein")
        assert (await asyncio.to_thread(knock, waiting, method="POST", state=STATE))[0] == 501
        await asyncio.to_thread(knock, waiting, state=STATE, code="yes")
        assert (await waiting.arrived())["code"] == "yes"


async def test_who_goes_away_in_the_middle_keeps_nobody_waiting() -> None:
    async with waiting_for(STATE, page) as waiting:
        _, writer = await asyncio.open_connection(HOST, urlsplit(waiting.address).port)
        writer.write(b"GET /sign-in?sta")
        await writer.drain()
        writer.transport.abort()
        await asyncio.to_thread(knock, waiting, state=STATE)
        await waiting.arrived()
