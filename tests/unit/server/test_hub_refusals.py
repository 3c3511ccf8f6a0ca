"""Every way a page is refused, with its code and its close code; and that nobody else notices a bad peer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.secrets import new_id, new_token
from app.server.hub import Rhythm
from app.server.rate_limits import Rates
from app.wire.messages import CLIENT_SUBPROTOCOL
from tests.support.page_client import PageClient, send_all
from tests.support.server import RunningServer, running_server

BROKEN = json.loads((Path(__file__).parents[2] / "contract/golden/broken_from_page.json").read_text(encoding="utf-8"))


async def test_a_link_that_nobody_made(server: RunningServer) -> None:
    page = PageClient(server.url, new_token())
    async with page.connected():
        assert (await page.join())["code"] == "unknown-link"
        assert await page.line.closed() == 4001


async def test_too_early_and_too_late(server: RunningServer) -> None:
    early, late = server.appointment(opens_in=3600), server.appointment(opens_in=-7200)
    async with server.workstation(early, late):
        for room, code in ((early, "too-early"), (late, "expired-link")):
            page = server.page(room)
            async with page.connected():
                answer = await page.join()
                # a room past its time may be deleted already; both are clear answers
                assert answer["code"] == code or (room is late and answer["code"] == "unknown-link")
                assert await page.line.closed() == 4001


async def test_a_link_that_was_taken_back_or_used_up(server: RunningServer) -> None:
    revoked, ended = server.appointment(), server.appointment()
    async with server.workstation(revoked, ended) as work:
        await work.command("revoke", room=revoked.room)
        await work.command("end", room=ended.room)
        for room, code in ((revoked, "revoked-link"), (ended, "expired-link")):
            page = server.page(room)
            async with page.connected():
                assert (await page.join())["code"] == code
                assert await page.line.closed() == 4001


async def test_a_full_room(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room):
        for code in (None, None, None, None, None, "room-full"):
            async with server.page(room).connected() as page:
                assert (await page.join()).get("code") == code
                if code:
                    assert await page.line.closed() == 4001


@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: b["text"][:40] or "empty")
async def test_the_golden_broken_messages(server: RunningServer, broken: dict[str, str]) -> None:
    page = PageClient(server.url, new_token())
    async with page.connected():
        next(page.line.numbers)  # the raw message takes 1
        await page.line.send_raw(broken["text"])
        assert (await page.line.expect("refused"))["code"] == broken["code"]
        if broken["code"] == "unknown-type":
            await page.line.sign_of_life()
        else:
            assert await page.line.closed() == 4003


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x00\xff", "malformed"), ("x" * (64 * 1024 + 1), "too-large")], ids=["binary", "one byte too long"]
)
async def test_frames_that_are_no_messages(server: RunningServer, data: str | bytes, code: str) -> None:
    page = PageClient(server.url, new_token())
    async with page.connected():
        await page.line.send_raw(data)
        assert (await page.line.expect("refused"))["code"] == code
        assert await page.line.closed() == 4003


async def test_a_frame_far_too_long_is_not_even_read(server: RunningServer) -> None:
    page = PageClient(server.url, new_token())
    async with page.connected():
        await page.line.send_raw("x" * 1_000_000)
        assert await page.line.closed() == 1009


async def test_numbers_must_rise(server: RunningServer) -> None:
    for second in (1, 5):
        page = PageClient(server.url, new_token())
        async with page.connected():
            await page.line.send_raw('{"type":"beat","seq":5,"n":1}')
            await page.line.send_raw(f'{{"type":"beat","seq":{second},"n":1}}')
            refused = await page.line.expect("refused")
            assert (refused["code"], refused["re"]) == ("out-of-order", second)
            assert await page.line.closed() == 4003


@pytest.mark.parametrize("type_", ["kept", "leave", "offer"])
async def test_nothing_but_join_before_a_seat(server: RunningServer, type_: str) -> None:
    page = PageClient(server.url, new_token())
    async with page.connected():
        await page.line.send(type_, room=new_id(), **({"epoch": 1, "sdp": "v=0"} if type_ == "offer" else {}))
        assert (await page.line.expect("refused"))["code"] == "out-of-order"
        assert await page.line.closed() == 4003


async def test_a_second_join_and_half_a_resume(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room):
        page = server.page(room)
        async with page.connected():
            await page.join()
            await page.line.send("join", token=room.token, language="de")
            assert (await page.line.expect("refused"))["code"] == "out-of-order"
            assert await page.line.closed() == 4003
        half = server.page(room)
        async with half.connected():
            await half.line.send("join", token=room.token, language="de", seat=new_id())
            assert (await half.line.expect("refused"))["code"] == "malformed"


async def test_no_version_in_common_closes_with_1002(server: RunningServer) -> None:
    url = server.url.replace("http", "ws") + "/ws/client"
    for offered in (["videoberatung-client.v99"], None):
        async with websockets.connect(url, origin=server.url, subprotocols=offered, proxy=None) as socket:  # type: ignore[arg-type]
            await socket.wait_closed()
            assert socket.close_code == 1002
    both = ["videoberatung-client.v99", CLIENT_SUBPROTOCOL]
    async with websockets.connect(url, origin=server.url, subprotocols=both, proxy=None) as socket:  # type: ignore[arg-type]
        assert socket.subprotocol == CLIENT_SUBPROTOCOL


async def test_guessing_links_is_slowed_down_and_counts_failures_only(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(failures="3/hour")) as server:
        room = server.appointment()
        async with server.workstation(room):
            for _ in range(6):
                async with server.page(room).connected() as page:
                    await page.join()
                    await page.line.send("leave", room=page.room)
                    await page.line.closed()
            for expected in ["unknown-link"] * 3 + ["too-many"]:
                async with PageClient(server.url, new_token()).connected() as guess:
                    assert (await guess.join())["code"] == expected
                    assert await guess.line.closed() == (4004 if expected == "too-many" else 4001)


async def test_too_many_messages_end_the_connection(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(messages="20/hour")) as server:
        page = PageClient(server.url, new_token())
        async with page.connected():
            page.line.answers_beats = False
            for number in range(21):
                await page.line.send("beat", n=number + 1)
            assert (await page.line.expect("refused"))["code"] == "too-many"
            assert await page.line.closed() == 4004


async def test_too_many_connections_are_closed(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(connections="2/hour")) as server:
        for code in (None, None, 4004):
            async with PageClient(server.url, new_token()).connected() as page:
                if code:
                    assert await page.line.closed() == code
                else:
                    await page.line.sign_of_life()


async def test_a_reader_that_does_not_read_is_dropped_and_not_awaited(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(messages="100000/second")) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            await page.offer()
            await work.line.expect("offer")
            page.line.socket.transport.pause_reading()
            for _ in range(600):  # 18 MB: more than both ends of a socket take
                await work.line.send("answer", room=room.room, epoch=1, sdp="v" * 30_000, to=page.seat)
            await work.line.sign_of_life()
            assert (await work.command("end", room=room.room))["type"] == "done"
            page.line.socket.transport.resume_reading()
            assert await page.line.closed() in (1006, 4004)
            assert len([m for m in page.line.received if m["type"] == "answer"]) < 600


async def test_a_page_that_never_joins_is_closed_and_one_with_a_seat_is_not(tmp_path: Path) -> None:
    async with running_server(tmp_path, rhythm=Rhythm(beat=0.05, sweep=0.05, join=0.3)) as server:
        room = server.appointment()
        idle, seated = server.page(room), server.page(room)
        async with server.workstation(room), seated.connected(), idle.connected():
            await seated.join()
            assert await idle.line.closed() == 4005
            await seated.line.sign_of_life()


@pytest.mark.logs_errors
async def test_who_sits_hears_from_a_sweep_that_the_database_is_gone(tmp_path: Path) -> None:
    async with running_server(tmp_path, database=None) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room), page.connected():
            await page.join()
            with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as database:
                database.execute("DROP TABLE seats")
            assert (await page.line.expect("refused"))["code"] == "not-ready"
            assert await page.line.closed() == 1013


@pytest.mark.logs_errors
async def test_without_its_database_the_server_says_so_and_lives_on(tmp_path: Path) -> None:
    async with running_server(tmp_path, database=None) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work:
            with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as database:
                database.execute("ALTER TABLE seats RENAME TO elsewhere")
            assert (await server.look(room.look)).status == 503
            async with page.connected():
                await server.swept(work)  # beats go on, and who has no seat yet is left in peace
                assert (await page.join())["code"] == "not-ready"
                assert await page.line.closed() == 1013
            with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as database:
                database.execute("ALTER TABLE elsewhere RENAME TO seats")
            async with page.connected():
                assert (await page.join())["type"] == "waiting"


TYPES = st.sampled_from(["join", "kept", "leave", "beat", "offer", "answer", "candidate", "publish", "admit", "prove", "nonsense"])
VALUES = st.none() | st.integers() | st.text(max_size=50) | st.floats(allow_nan=False) | st.lists(st.integers(), max_size=3)
FIELDS = st.sampled_from(["seq", "room", "token", "seat", "secret", "epoch", "sdp", "n", "language", "candidate", "to", "from"])
NEARLY = st.builds(
    lambda type_, fields: json.dumps({"seq": 1, **fields, "type": type_}), TYPES, st.dictionaries(FIELDS, VALUES, max_size=8)
)
FRAMES = st.lists(st.text(max_size=300) | st.binary(max_size=300) | NEARLY, min_size=1, max_size=6)


async def test_whatever_one_page_sends_nobody_else_notices(server: RunningServer) -> None:
    """hypothesis makes the frames; the conversation beside them goes on with the same sockets all the time."""
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await work.command("admit", room=room.room, seat=page.seat)
        await page.line.expect("admitted")
        loop = asyncio.get_running_loop()

        async def fire(frames: list[str | bytes]) -> None:
            async with PageClient(server.url, new_token()).connected() as bad:
                await send_all(bad.line, frames)
            await page.offer()
            assert (await work.line.expect("offer"))["epoch"] == page.epoch

        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(FRAMES)
        def examples(frames: list[str | bytes]) -> None:
            asyncio.run_coroutine_threadsafe(fire(frames), loop).result(20)

        await asyncio.to_thread(examples)
        assert page.epoch >= 60
        assert not [m for m in page.line.received if m["type"] in ("refused", "ended", "removed")]
