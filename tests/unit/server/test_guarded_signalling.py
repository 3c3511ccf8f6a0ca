"""Signalling before admission, floods, and whatever a workstation may send: others notice nothing.

OWASP ASVS 5, 17.3.1 and 17.3.2; STANDARDS.md, items 3, 13 and 14.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.secrets import new_id
from app.server.connection import Connection
from app.server.rate_limits import Rates
from tests.support.page_client import Line, PageClient, Workstation, public_key, send_all
from tests.support.raw import TEXT, frame, raw_socket
from tests.support.server import RunningServer, running_server
from tests.support.soak import rounds

SIGNALLING = ("offer", "answer", "candidate", "need-offer", "relay", "admitted")
FLOOD = 5000


async def test_who_waits_neither_gives_nor_gets_a_description_an_address_or_a_relay(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page:
        waiting = await page.join()
        assert "ice_servers" not in waiting
        sent = [
            await page.line.send("offer", room=room.room, epoch=1, sdp="v=0"),
            await page.line.send("candidate", room=room.room, epoch=1, candidate="candidate:1", mid="0", line=0),
        ]
        for number in sent:
            assert (await page.line.expect("refused", re=number))["code"] == "not-admitted"
        for type_, fields in (
            ("answer", {"epoch": 1, "sdp": "v=0"}),
            ("candidate", {"epoch": 1, "candidate": "candidate:1"}),
            ("need-offer", {"epoch": 1, "reason": "stalled"}),
        ):
            assert (await work.command(type_, room=room.room, to=page.seat, **fields))["code"] == "not-admitted"
        await page.line.sign_of_life()
        await work.line.sign_of_life()
    for line in (page.line, work.line):
        assert not [m for m in line.received if m["type"] in SIGNALLING]


async def test_nobody_signals_past_the_partner_in_the_own_room(server: RunningServer) -> None:
    mine, theirs = server.appointment(), server.appointment()
    async with server.workstation(mine, theirs) as work, server.page(mine).connected() as page, server.page(theirs).connected() as other:
        for one, room in ((page, mine), (other, theirs)):
            await one.join()
            await work.command("admit", room=room.room, seat=one.seat)
            await one.line.expect("admitted")
        for to in (other.seat, new_id()):
            number = await page.line.send("offer", room=mine.room, epoch=1, sdp="v=0", to=to)
            assert (await page.line.expect("refused", re=number))["code"] == "not-admitted"
        number = await page.line.send("offer", room=theirs.room, epoch=1, sdp="v=0")
        assert (await page.line.expect("refused", re=number))["code"] == "unknown-seat"
        assert (await work.command("answer", room=mine.room, to=other.seat, epoch=1, sdp="v=0"))["code"] == "not-admitted"
        own = next(s["seat"] for m in work.line.received if m.get("room") == mine.room for s in m["seats"] if s["kind"] == "counsellor")
        assert (await work.command("need-offer", room=mine.room, to=own, epoch=1, reason="stalled"))["code"] == "not-admitted"
        await other.line.sign_of_life()
        await work.line.sign_of_life()
        assert not [m for line in (other.line, work.line) for m in line.received if m["type"] in ("offer", "answer")]


async def test_of_a_flood_no_more_is_taken_in_than_anybody_may_send(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long others wait meanwhile is measured by `videoberatung bench flood`."""
    taken = 0
    take, take_now = Connection._take, Connection.take_now

    async def counting(self: Connection, party: Any, text: str) -> None:
        nonlocal taken
        taken += '"n":424242' in text
        await take(self, party, text)

    def counting_now(self: Connection, text: str) -> bool:
        nonlocal taken
        at_once = take_now(self, text)
        taken += at_once and '"n":424242' in text
        return at_once

    monkeypatch.setattr(Connection, "_take", counting)
    monkeypatch.setattr(Connection, "take_now", counting_now)
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page, raw_socket(server) as flood:
        await page.join()
        await flood.send(b"".join(frame(TEXT, f'{{"type":"beat","seq":{n + 1},"n":424242}}'.encode()) for n in range(FLOOD)))
        await page.line.sign_of_life()
        assert (await work.command("admit", room=room.room, seat=page.seat))["type"] == "done"
        assert await flood.close_code() == 4004
        await page.line.expect("admitted")
    allowed = int(Rates().messages.partition("/")[0])
    assert taken == allowed < FLOOD


# ---- a workstation's frames, by hypothesis

TYPES = st.sampled_from(
    [
        *("prove", "publish", "admit", "send-back", "notify", "remove", "end", "revoke", "forget-readiness", "reached", "need-offer"),
        *("answer", "candidate", "survey-counts", "take-up-right", "beat", "ping", "probe", "enrol", "nonsense"),
    ]
)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.lists(st.integers(), max_size=3) | st.just({}) | st.just([{}])
)
FIELDS = st.sampled_from(
    [
        *("room", "seat", "to", "from", "epoch", "sdp", "candidate", "reason", "rooms", "more", "replaces", "notice", "reached"),
        *("quarter", "blinded", "n", "filler", "back", "nonce", "signature"),
    ]
)
MESSAGES = st.builds(lambda type_, fields: {**fields, "type": type_}, TYPES, st.dictionaries(FIELDS, VALUES, max_size=8))
FRAMES = st.lists(st.text(max_size=200) | st.binary(max_size=200) | MESSAGES, min_size=1, max_size=8)
Frame = str | bytes | dict[str, Any]


@pytest.mark.parametrize("proved", [False, True])
async def test_whatever_one_workstation_sends_nobody_else_notices(tmp_path: Path, proved: bool) -> None:
    """hypothesis makes the frames, some of them about the room of somebody else; the conversation there goes on."""
    good, bad = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    async with running_server(tmp_path, key=good, workstation_keys=(public_key(good), public_key(bad))) as server:
        room = server.appointment()
        async with server.workstation(room) as work, server.page(room).connected() as page:
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            loop = asyncio.get_running_loop()

            async def fire(frames: list[Frame]) -> None:
                attacker = Workstation(server.ready.control_port, bad)
                async with attacker.connected():
                    if proved:
                        await attacker.prove()
                        await attacker.line.expect("welcome")
                        await attacker.publish()
                    await send_all(attacker.line, [_about(frame, attacker.line, page) for frame in frames])
                await page.offer()
                assert (await work.line.expect("offer"))["epoch"] == page.epoch

            @settings(max_examples=rounds(40), deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(FRAMES)
            def examples(frames: list[Frame]) -> None:
                asyncio.run_coroutine_threadsafe(fire(frames), loop).result(20)

            await asyncio.to_thread(examples)
            assert page.epoch >= 40
            assert [s["state"] for s in await work.state_now(room.room)] == ["admitted"]


def _about(frame: Frame, line: Line, page: PageClient) -> str | bytes:
    """A message gets its number, and speaks of the conversation beside it where it speaks of a room or a seat as text."""
    if not isinstance(frame, dict):
        return frame
    known = {
        name: value for name, value in (("room", page.room), ("seat", page.seat), ("to", page.seat)) if isinstance(frame.get(name), str)
    }
    return json.dumps({"seq": next(line.numbers), **frame, **known})
