"""One connection of the control link, with the test at the server's end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.domain.secrets import new_id, new_token
from app.services.control_connection import CommandRefused, ControlConnection, LinkLost, NotAccepted
from app.services.keys import WorkstationKey, signature_holds
from app.wire.codes import Code, WireError
from app.wire.handshake import Place, owner_id, place_text, signed_by_server, signed_by_workstation
from app.wire.messages import End, Message, RoomState
from tests.support.services import until

WORKSTATION, SERVER = WorkstationKey(b"w" * 32), WorkstationKey(b"s" * 32)
ROOM = new_id()
PLACE = Place("musterstadt", "Jobcenter Musterstadt", "https://video.example.org")


class Gone(OSError):
    """The socket ends."""


class Wire:
    """A socket whose other end is the test."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self._to_program: asyncio.Queue[str | Exception] = asyncio.Queue()
        self._seq = 0

    async def send(self, message: str, /) -> None:
        self.said.append(json.loads(message))

    async def recv(self) -> str:
        heard = await self._to_program.get()
        if isinstance(heard, Exception):
            raise heard
        return heard

    def tell(self, type_: str, **fields: Any) -> None:
        self._seq += 1
        self._to_program.put_nowait(json.dumps({"type": type_, "seq": self._seq, **fields}))

    def tell_raw(self, text: str) -> None:
        self._to_program.put_nowait(text)

    def end(self) -> None:
        self._to_program.put_nowait(Gone())

    async def welcome(self, signer: WorkstationKey = SERVER, challenge_key: str = SERVER.public) -> None:
        """The server's part of the proof."""
        nonce = new_token()
        self.tell("challenge", server_key=challenge_key, nonce=nonce)
        await until(lambda: bool(self.said))
        prove = self.said[0]
        values = (challenge_key, prove["workstation_key"], nonce, prove["nonce"])
        assert prove["workstation_key"] == WORKSTATION.public
        assert signature_holds(WORKSTATION.public, prove["signature"], signed_by_workstation(*values))
        signature = signer.sign(signed_by_server(*values))
        self.tell("welcome", owner=owner_id(WORKSTATION.public), signature=signature, ice_servers=[{"urls": ["stun:relay.example.org"]}])


async def welcomed(**told: Any) -> Any:
    """What comes of a welcome that says where the workstation belongs; the server signs `PLACE`, whatever it says."""
    wire = Wire()
    connection = ControlConnection(wire, WORKSTATION, SERVER.public)
    opening = asyncio.ensure_future(connection.open())
    nonce = new_token()
    wire.tell("challenge", server_key=SERVER.public, nonce=nonce)
    await until(lambda: bool(wire.said))
    values = (SERVER.public, WORKSTATION.public, nonce, wire.said[0]["nonce"])
    attested = SERVER.sign(place_text(*values, PLACE))
    fields = {"site": PLACE.site, "label": PLACE.label, "public_url": PLACE.public_url, "attested": attested} | told
    signature = SERVER.sign(signed_by_server(*values))
    wire.tell("welcome", owner=owner_id(WORKSTATION.public), signature=signature, ice_servers=[], **fields)
    return await opening


async def test_where_it_belongs_is_believed_under_the_servers_signature() -> None:
    welcome = await welcomed()
    assert (welcome.site, welcome.label, welcome.public_url) == (PLACE.site, PLACE.label, PLACE.public_url)


@pytest.mark.parametrize(
    "told", [{"site": "other"}, {"label": "Other"}, {"public_url": "https://thief.example.org"}, {"until": 9}, {"attested": None}]
)
async def test_where_it_belongs_is_not_believed_without(told: dict[str, Any]) -> None:
    with pytest.raises(NotAccepted):
        await welcomed(**told)


async def opened(wire: Wire, **how: Any) -> Any:
    connection = ControlConnection(wire, WORKSTATION, SERVER.public)
    server = asyncio.ensure_future(wire.welcome(**how))
    try:
        return connection, await connection.open()
    finally:
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)


@asynccontextmanager
async def running(silence_s: float = 12.0) -> AsyncIterator[tuple[Wire, ControlConnection, list[Message], asyncio.Task[None]]]:
    wire = Wire()
    connection = ControlConnection(wire, WORKSTATION, SERVER.public, silence_s)
    heard: list[Message] = []
    task = asyncio.create_task(connection.run(heard.append))
    await asyncio.sleep(0)
    yield wire, connection, heard, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_each_proves_itself_to_the_other() -> None:
    _, welcome = await opened(Wire())
    assert welcome.owner == owner_id(WORKSTATION.public)
    assert [server.urls for server in welcome.ice_servers] == [["stun:relay.example.org"]]


async def test_another_server_gets_no_proof() -> None:
    wire = Wire()
    with pytest.raises(NotAccepted):
        await opened(wire, challenge_key=WorkstationKey(b"o" * 32).public)
    assert wire.said == []


async def test_a_server_that_only_knows_the_key_is_not_believed() -> None:
    with pytest.raises(NotAccepted):
        await opened(Wire(), signer=WorkstationKey(b"o" * 32))


async def test_a_refusal_instead_of_a_welcome() -> None:
    wire = Wire()
    wire.tell("challenge", server_key=SERVER.public, nonce=new_token())
    wire.tell("refused", code="unauthorised", re=1)
    with pytest.raises(NotAccepted, match="unauthorised"):
        await ControlConnection(wire, WORKSTATION, SERVER.public).open()


async def test_a_step_out_of_turn_in_the_proof() -> None:
    wire = Wire()
    wire.tell("beat", n=1)
    with pytest.raises(WireError) as caught:
        await ControlConnection(wire, WORKSTATION, SERVER.public).open()
    assert caught.value.code is Code.OUT_OF_ORDER


async def test_beats_are_answered_at_once_and_not_passed_on() -> None:
    async with running() as (wire, _, heard, _task):
        wire.tell("beat", n=41)
        await until(lambda: bool(wire.said))
        assert wire.said == [{"type": "beat", "seq": 1, "n": 41}]
        assert heard == []


async def test_messages_are_numbered_and_answers_find_their_command() -> None:
    async with running() as (wire, connection, _, _task):
        done, refused = connection.ask(End(seq=1, room=ROOM)), connection.ask(End(seq=1, room=ROOM))
        await until(lambda: len(wire.said) == 2)
        assert [message["seq"] for message in wire.said] == [1, 2]
        wire.tell("refused", code="conflict", re=2)
        wire.tell("done", re=1)
        assert await done is None
        with pytest.raises(CommandRefused) as caught:
            await refused
        assert caught.value.code is Code.CONFLICT


async def test_an_answer_to_nothing_and_a_type_of_tomorrow_are_passed_over() -> None:
    async with running() as (wire, _, heard, task):
        wire.tell("done", re=77)
        wire.tell("refused", code="conflict")
        wire.tell("tomorrows-message", anything=1)
        wire.tell("room-state", room=ROOM, revision=1, seats=[])
        await until(lambda: bool(heard))
        assert [type(message) for message in heard] == [RoomState]
        assert not task.done()


async def test_what_cannot_be_read_ends_the_connection() -> None:
    async with running() as (wire, _, _, task):
        wire.tell_raw("{")
        with pytest.raises(WireError):
            await task


async def test_commands_without_an_answer_are_lost_with_the_connection() -> None:
    async with running() as (wire, connection, _, task):
        answer = connection.ask(End(seq=1, room=ROOM))
        wire.end()
        with pytest.raises(Gone):
            await task
        with pytest.raises(LinkLost):
            await answer
        with pytest.raises(LinkLost):
            await connection.ask(End(seq=1, room=ROOM))


async def test_silence_ends_the_connection() -> None:
    async with running(silence_s=0.01) as (_, _, _, task):
        with pytest.raises(TimeoutError):
            await task
