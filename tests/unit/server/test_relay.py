"""Before a seat the check may ask for the agency's relay: with a look key that is known, and not too often."""

from __future__ import annotations

from pathlib import Path

from app.domain.secrets import new_token
from app.server.rate_limits import Rates
from app.wire.common import IceServer
from tests.support.page_client import Json, PageClient
from tests.support.server import RunningServer, running_server

RELAY = IceServer(urls=["turn:turn.example:3478"], username="u", credential="c")


async def asked(page: PageClient, look: str) -> Json:
    """The answer to one question; the connection stands after it."""
    seen, seq = len(page.line.received), await page.line.send("relay", look=look)
    await page.line.sign_of_life()
    answer = (m for m in page.line.received[seen:] if m["type"] == "relay" or m.get("re") == seq)
    return next(answer)


async def test_a_known_look_key_gets_the_relay_and_no_seat(tmp_path: Path) -> None:
    async with running_server(tmp_path, ice_servers=(RELAY,)) as server:
        room = server.appointment(opens_in=86_400)
        async with server.workstation(room) as work, server.page(room).connected() as page:
            answer = await asked(page, room.look)
            assert answer["ice_servers"] == [{"urls": ["turn:turn.example:3478"], "username": "u", "credential": "c"}]
            assert await work.state_now(room.room) == []


async def test_without_a_relay_the_list_is_empty(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room), server.page(room).connected() as page:
        assert (await asked(page, room.look))["ice_servers"] == []


async def test_neither_a_stranger_nor_the_token_nor_a_room_that_is_over_gets_it(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page:
        assert (await asked(page, new_token()))["code"] == "unknown-link"
        assert (await asked(page, room.token))["code"] == "unknown-link"
        await work.command("end", room=room.room)
        assert (await asked(page, room.look))["code"] == "expired-link"


async def test_questions_of_a_room_and_failures_of_an_address_are_limited(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(relays="2/hour", failures="2/hour")) as server:
        room, other = server.appointment(), server.appointment()
        async with server.workstation(room, other), server.page(room).connected() as page:
            assert [(await asked(page, room.look))["type"] for _ in range(3)] == ["relay", "relay", "refused"]
            assert (await asked(page, other.look))["type"] == "relay"
            assert [(await asked(page, new_token()))["code"] for _ in range(3)] == ["unknown-link", "unknown-link", "too-many"]
