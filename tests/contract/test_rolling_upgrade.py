"""An agency renews its servers one after the other while clients wait and are admitted: the tables take their step under them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.server.ports import StateUnavailable
from app.server.state import upgrade
from app.server.state.engines import engine_for
from app.wire.codes import CloseCode
from tests.contract.test_replicas import Behind, moved, waiting
from tests.support.page_client import Appointment, PageClient, Workstation
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import RunningServer
from tests.unit.server.test_upgrade import next_version

WAITING = 12
T = TypeVar("T")


@pytest.fixture
def fresh(tmp_path: Path, postgres: Postgres, redis_server: RedisServer) -> AsyncIterator[Behind]:
    """Over a database of its own, because its tables become those of a later version."""
    with postgres.database() as url:
        yield Behind(tmp_path / "data", Ed25519PrivateKey.generate(), url, redis_server.empty())


def standing(behind: Behind) -> str | None:
    engine = engine_for(behind.database)
    try:
        with engine.begin() as connection:
            return upgrade.standing_at(connection)
    finally:
        engine.dispose()


async def admitting_until(done: asyncio.Future[T], work: Workstation, page: PageClient) -> T:
    """One client is admitted and sent back, over and over, and three times more when it is done; gives what came of it."""
    left = 3
    while left:
        left -= done.done()
        assert (await work.command("admit", room=page.room, seat=page.seat))["type"] == "done"
        await page.line.expect("admitted")
        assert (await work.command("send-back", room=page.room, seat=page.seat))["type"] == "done"
        await page.line.expect("waiting", sent_back=True)
    return done.result()


async def met(work: Workstation, at: RunningServer, room: Appointment) -> None:
    """A newcomer at that server is seen by the program wherever it is, admitted, and goes."""
    async with at.page(room).connected() as page:
        answer = await page.join()
        assert answer["type"] == "waiting"
        await work.state(room.room, lambda seats: page.seat in [s["seat"] for s in seats])
        assert (await work.command("admit", room=room.room, seat=page.seat))["type"] == "done"
        await page.line.expect("admitted")
        await page.line.send("leave", room=room.room)
        assert await page.line.closed() == CloseCode.OVER


async def test_servers_are_renewed_one_after_the_other_and_nobody_notices(
    fresh: Behind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = next_version(tmp_path, floor="0001")
    old_upgrade = upgrade.upgrade
    async with contextlib.AsyncExitStack() as second, contextlib.AsyncExitStack() as first:
        old = await first.enter_async_context(fresh.replica())
        rooms, door = [old.appointment() for _ in range(WAITING)], old.appointment()
        async with old.workstation(*rooms, door) as work, waiting(old.url, rooms) as pages:
            seats, lines = [page.seat for page in pages], [page.line for page in pages]
            before = await asyncio.to_thread(standing, fresh)
            monkeypatch.setattr(upgrade, "upgrade", partial(old_upgrade, steps=steps))
            renewing = asyncio.ensure_future(second.enter_async_context(fresh.replica()))
            new = await admitting_until(renewing, work, pages[0])
            assert before != await asyncio.to_thread(standing, fresh) == steps.NEWEST
            await met(work, new, door)
            await met(work, old, door)
            monkeypatch.setattr(upgrade, "upgrade", old_upgrade)
            async with fresh.replica() as again:  # one of the version before that starts meanwhile
                await met(work, again, door)
            assert [line.socket.close_code for line in lines] == [None] * WAITING
            await first.aclose()
            assert {await line.closed() for line in lines} == {CloseCode.GOING_AWAY}
            async with moved(new.url, pages) as answers, new.workstation(*rooms, door) as moved_work:
                assert [answer["seat"] for answer in answers] == seats
                assert [answer["type"] for answer in answers] == ["waiting"] * WAITING
                assert (await moved_work.command("admit", room=rooms[1].room, seat=seats[1]))["type"] == "done"
                await pages[1].line.expect("admitted")


async def test_a_server_that_the_tables_do_not_serve_any_more_says_so_and_the_new_ones_go_on(
    fresh: Behind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = next_version(tmp_path, floor="")
    steps.FLOOR = steps.NEWEST  # type: ignore[attr-defined]
    async with fresh.replica():
        pass
    old_upgrade = upgrade.upgrade
    monkeypatch.setattr(upgrade, "upgrade", partial(old_upgrade, steps=steps))
    async with fresh.replica() as new:
        monkeypatch.setattr(upgrade, "upgrade", old_upgrade)
        room = new.appointment()
        async with new.workstation(room) as work:
            with pytest.raises(StateUnavailable, match="start the newer version again"):
                async with fresh.replica():
                    raise AssertionError("it started")
            await met(work, new, room)
