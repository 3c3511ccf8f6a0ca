"""The dictated code from the public side: where it leads, what stays the same whatever is wrong, and how guessing gets slow."""

from __future__ import annotations

import asyncio
import hmac
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.secrets import b64url, code_in_threes, hash_code, new_code, new_token
from app.server.code_door import KEY_FILE, MAX_QUEUE, CodeDoor, CodeKey
from app.server.key_file import KeyFileError
from app.server.ports import Refusal
from app.server.rate_limits import FREE_CODES, LONGEST_DELAY_S, RateLimits, Rates
from app.server.state.memory import MemoryRoomStore
from app.wire.codes import CloseCode, Code
from tests.support.page_client import Appointment
from tests.support.server import Answer, RunningServer, running_server

UNKNOWN = (404, {"code": "unknown-code"})


def said(answer: Answer) -> tuple[int, object]:
    return answer.status, json.loads(answer.body)


async def test_a_right_code_shows_what_a_link_shows(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room):
        by_link, by_code = await server.look(room.look), await server.post("/api/code", code=room.code)
        assert by_code.status == 200
        assert json.loads(by_code.body) == json.loads(by_link.body)
        assert room.token.encode() not in by_code.body
        assert room.room.encode() not in by_code.body


async def test_into_the_waiting_room_marked_and_back_after_the_code_is_used_up(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page_by_code(room.code).connected() as page:
        assert (await page.join())["type"] == "waiting"
        [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
        assert (seat["by_code"], seat["state"], seat["reached"]) == (True, "waiting", False)
        assert (await work.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
        await page.line.expect("admitted")
        assert said(await server.post("/api/code", code=room.code)) == UNKNOWN
        await page.line.close()
        async with page.connected():
            assert (await page.join())["type"] == "admitted"
        [seat] = await work.state_now(room.room)
        assert seat["by_code"]


async def test_a_seat_by_link_is_not_marked(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page:
        await page.join()
        [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
        assert "by_code" not in seat


async def test_whatever_is_wrong_the_answer_is_the_same(server: RunningServer) -> None:
    early, late, used, revoked, without = [server.appointment() for _ in range(5)]
    early.opens_in, late.opens_in = 31 * 60, -32 * 60
    cards = [{**without.card(), "code_hash": None}, *[one.card() for one in (early, late, used, revoked)]]
    async with server.workstation(early) as work, server.page(used).connected() as page:
        assert (await work.command("publish", rooms=cards))["type"] == "done"
        await page.join()
        await work.command("admit", room=used.room, seat=page.seat)
        await work.command("revoke", room=revoked.room)
        for code in (early.code, late.code, used.code, revoked.code, without.code, "12345678", 7):
            assert said(await server.post("/api/code", code=code)) == UNKNOWN
        for code in (early.code, used.code, new_code()):
            async with server.page_by_code(code).connected() as stranger:
                assert (await stranger.join())["code"] == "unknown-code"
                assert await stranger.line.closed() == CloseCode.REFUSED


async def test_a_wrong_secret_leads_nowhere_and_counts(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(failures="2/hour")) as server:
        room = server.appointment()
        async with server.workstation(room), server.page_by_code(room.code).connected() as page:
            await page.join()
            thief = server.page_by_code(room.code)
            thief.room, thief.seat = page.room, page.seat
            for code in ("unknown-seat", "unknown-seat", "too-many"):
                thief.secret = new_token()
                async with thief.connected():
                    assert (await thief.join())["code"] == code


async def test_the_database_holds_only_what_a_key_elsewhere_makes_of_it(tmp_path: Path) -> None:
    key_file = tmp_path / "elsewhere"
    data = tmp_path / "data"
    async with running_server(data, database=None, code_key_file=str(key_file)) as server:
        room = server.appointment()
        async with server.workstation(room):
            with closing(sqlite3.connect(data / "rooms.sqlite3")) as database:
                [stored] = database.execute("select code_hash from rooms").fetchone()
                everything = "\n".join(database.iterdump())
    key = key_file.read_bytes()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert not (data / KEY_FILE).exists()
    assert stored == b64url(hmac.digest(key, hash_code(room.code).encode(), "sha256"))
    for trace in (room.code, hash_code(room.code), code_in_threes(room.code)):
        assert trace not in everything


def test_a_key_of_another_length_is_none(tmp_path: Path) -> None:
    assert CodeKey.load_or_create(tmp_path / KEY_FILE).seal("x") == CodeKey.load_or_create(tmp_path / KEY_FILE).seal("x")
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(KeyFileError, match="no key of 32 bytes"):
        CodeKey.load_or_create(tmp_path / KEY_FILE)


# ---- guessing


async def test_guesses_of_one_address_are_limited_right_codes_are_not(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(codes="3/hour")) as server:
        room = server.appointment()
        async with server.workstation(room):
            assert {(await server.post("/api/code", code=room.code)).status for _ in range(5)} == {200}
            answers = [await server.post("/api/code", code=wrong(room)) for _ in range(2)]
            async with server.page_by_code(wrong(room)).connected() as page:
                assert (await page.join())["code"] == "unknown-code"
            assert [a.status for a in answers] == [404, 404]
            assert said(await server.post("/api/code", code=room.code)) == (429, {"code": "too-many"})
            async with server.page_by_code(room.code).connected() as page:
                assert (await page.join())["code"] == "too-many"
                assert await page.line.closed() == CloseCode.SLOW_DOWN
            assert (await server.look(room.look)).status == 200  # links are counted apart


def wrong(room: Appointment) -> str:
    return f"{(int(room.code) + 1) % 10**9:09}"


def door(pauses: list[float], rates: Rates) -> CodeDoor:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    return CodeDoor(CodeKey(b"k" * 32), MemoryRoomStore(), RateLimits(rates), lambda: 0.0, pause)


async def outcome(door: CodeDoor, address: str) -> Code:
    with pytest.raises(Refusal) as caught:
        await door.find("123456789", address)
    return caught.value.code


async def test_many_wrong_codes_delay_everybody_and_shut_nobody_out() -> None:
    pauses: list[float] = []
    shared = door(pauses, Rates())
    addresses = [f"192.0.2.{n}" for n in range(220)]
    assert {await outcome(shared, address) for address in addresses} == {Code.UNKNOWN_CODE}
    assert len(pauses) == len(addresses) - FREE_CODES - 1
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_DELAY_S == max(pauses)


async def test_an_address_cannot_ask_many_codes_at_once() -> None:
    shared = door([], Rates(codes="3/hour"))
    results = await asyncio.gather(*(outcome(shared, "192.0.2.1") for _ in range(MAX_QUEUE + 5)))
    assert results.count(Code.UNKNOWN_CODE) == 3
    assert results.count(Code.TOO_MANY) == MAX_QUEUE + 2
    assert await outcome(shared, "192.0.2.2") is Code.UNKNOWN_CODE


async def test_a_code_that_is_taken_is_told_to_who_comes_later(server: RunningServer) -> None:
    first, second = server.appointment(), server.appointment()
    second.code = first.code
    async with server.workstation(first) as work:
        states = await work.publish(first, second)
        assert [state.get("code_taken", False) for state in states] == [False, True]
        second.code = new_code()
        assert "code_taken" not in (await work.publish(first, second))[1]
        assert (await server.post("/api/code", code=second.code)).status == 200
