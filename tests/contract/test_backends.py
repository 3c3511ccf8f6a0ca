"""One whole server over each of its back ends: SQLite alone, PostgreSQL alone, PostgreSQL with Redis. From the link to the goodbye."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.wire.codes import CloseCode
from tests.support.server import running_server


@pytest.fixture(params=["sqlite", "postgres", "postgres and redis"])
def settings(request: pytest.FixtureRequest) -> dict[str, str | None]:
    if request.param == "sqlite":
        return {"database": None}
    database = {"database": request.getfixturevalue("postgres").empty_tables()}
    return database | ({"redis": request.getfixturevalue("redis_server").empty()} if "redis" in request.param else {})


async def test_a_session_from_the_link_to_the_goodbye(tmp_path: Path, settings: dict[str, str | None]) -> None:
    async with running_server(tmp_path, **settings) as server:
        room = server.appointment()
        async with server.workstation(room) as work, server.page(room).connected() as page:
            assert (await page.join())["type"] == "waiting"
            [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
            await work.line.send("reached", room=room.room, seat=seat["seat"], reached=True)
            assert (await page.line.expect("reached")).get("reached", True)
            assert (await work.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
            await page.line.expect("admitted")
            epoch = await page.offer()
            offer = await work.line.expect("offer", room=room.room)
            await work.line.send("answer", room=room.room, to=offer["from"], epoch=epoch, sdp="v=0\r\n")
            await page.line.expect("answer", epoch=epoch)
            older = page.line
            async with page.connected():
                assert (await page.join())["type"] == "admitted"
                assert await older.closed() == CloseCode.TAKEN_OVER
                assert (await work.command("end", room=room.room))["type"] == "done"
                await page.line.expect("ended")
                assert await page.line.closed() == CloseCode.OVER


async def test_a_workstation_that_is_gone_is_told_to_who_waits(tmp_path: Path, settings: dict[str, str | None]) -> None:
    async with running_server(tmp_path, **settings) as server:
        room = server.appointment()
        async with server.page(room).connected() as page:
            async with server.workstation(room) as work:
                await page.join()
                [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
                await work.line.send("reached", room=room.room, seat=seat["seat"], reached=True)
                assert (await page.line.expect("reached")).get("reached", True)
            await page.line.expect("reached", reached=False)
