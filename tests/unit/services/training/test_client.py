"""The simulated client on the real server, with a workstation that the test holds."""

from __future__ import annotations

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec
import pytest

from app.domain.readiness import Check
from app.services.fakes.client_media import PRINTS, FakeClientMedia
from app.services.training.client import ClientState, NotHere, SimulatedClient, here
from app.services.training.reporting import rehearse
from app.wire.safety_words import commitment_holds, word_indices
from app.wire.talk import Chat, ChatSeen, MediaState, WordsCommit, WordsOpen, WordsReveal, encode_talk, parse_talk
from tests.support.page_client import Appointment, Workstation
from tests.support.server import RunningServer
from tests.support.services import until

NONCE = "A" * 43


def link(server: RunningServer, appointment: Appointment) -> str:
    return f"http://localhost:{urlsplit(server.url).port}/r#{appointment.token}"


async def waiting(work: Workstation, client: SimulatedClient, room: Appointment, server: RunningServer) -> str:
    """The seat, once the client waits."""
    client.arrive(link(server, room))
    seats = await work.state(room.room, lambda seats: any(s["state"] == "waiting" and s["present"] for s in seats))
    await until(lambda: client.state is ClientState.WAITING)
    return next(s["seat"] for s in seats if s["state"] == "waiting")


@asynccontextmanager
async def talking(server: RunningServer, client: SimulatedClient):
    """(workstation, room, seat, offer): the client was let in, and its offer is here."""
    room = server.appointment()
    async with server.workstation(room) as work:
        seat = await waiting(work, client, room, server)
        await work.command("admit", room=room.room, seat=seat)
        offer = await work.line.expect("offer")
        yield work, room, seat, offer


async def answered(work: Workstation, media: FakeClientMedia, room: Appointment, seat: str, epoch: int) -> None:
    await work.line.send("answer", room=room.room, epoch=epoch, sdp="v=0\r\n", to=seat)
    await until(lambda: media.connected)
    media.opened()


async def test_waits_and_knows_that_the_counsellor_knows(server, client) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        seat = await waiting(work, client, room, server)
        assert not client.reached
        await work.line.send("reached", room=room.room, seat=seat)
        await until(lambda: client.reached)
        await work.command("notify", room=room.room, seat=seat, notice="five-minutes")
        await until(lambda: client.notice is not None)


async def test_knocks_once_in_a_while(server, client) -> None:
    refused: list[str] = []
    client.refused.subscribe(refused.append)
    room = server.appointment()
    async with server.workstation(room) as work:
        await waiting(work, client, room, server)
        await client.knock()
        await work.state(room.room, lambda seats: bool(seats[0].get("knocked_at")))
        await client.knock()
        await until(lambda: refused == ["too-many"])
        assert client.state is ClientState.WAITING


async def test_is_let_in_and_offers(server, client, media) -> None:
    async with talking(server, client) as (work, room, seat, offer):
        assert client.state is ClientState.IN_ROOM
        assert offer["epoch"] == 1
        assert media.offers == [False]
        await answered(work, media, room, seat, 1)
        await until(lambda: MediaState(microphone=True, camera=True) in [parse_talk(text) for text in media.said])


async def test_offers_a_screen_when_asked_for_one(server, client, media) -> None:
    async with talking(server, client) as (work, room, seat, _offer):
        await work.line.send("need-offer", room=room.room, epoch=1, reason="screen", to=seat)
        assert (await work.line.expect("offer"))["epoch"] == 2
        assert media.offers == [False, True]


async def test_compares_words_and_chats(server, client, media) -> None:
    async with talking(server, client) as (work, room, seat, _offer):
        await answered(work, media, room, seat, 1)
        await until(lambda: any('"words-commit"' in text for text in media.said))
        commit = next(m for m in map(parse_talk, media.said) if isinstance(m, WordsCommit))
        media.heard(encode_talk(WordsReveal(epoch=1, nonce=NONCE)))
        await until(lambda: bool(client.talk.words))
        opened = next(m for m in map(parse_talk, media.said) if isinstance(m, WordsOpen))
        assert commitment_holds(commit.commitment, opened.nonce)
        assert client.talk.words == word_indices(PRINTS, opened.nonce, NONCE)
        line = Chat(id="line-0001", text="Guten Tag")
        media.heard(encode_talk(line))
        media.heard(encode_talk(line))
        await until(lambda: client.talk.lines == ["Guten Tag"])
        assert ChatSeen(id="line-0001") in [parse_talk(text) for text in media.said]
        client.say("Ja")
        said = parse_talk(media.said[-1])
        assert isinstance(said, Chat)
        assert said.text == "Ja"


async def test_drops_out_and_comes_back_to_its_seat(server, client, media) -> None:
    async with talking(server, client) as (work, room, seat, _offer):
        await client.drop_out()
        assert client.state is ClientState.DROPPED
        assert media.vanished
        client.come_back()
        assert (await work.line.expect("offer"))["epoch"] == 2
        assert client.state is ClientState.IN_ROOM
        assert [s["seat"] for s in await work.state_now(room.room)] == [seat]


async def test_leaves_by_a_tap(server, client) -> None:
    async with talking(server, client) as (work, room, _seat, _offer):
        await client.leave()
        await work.state(room.room, lambda seats: seats[0]["state"] == "left")
        assert client.state is ClientState.AWAY


@pytest.mark.parametrize("command", ["remove", "end"])
async def test_is_over_when_it_is_sent_away_or_ended(server, client, media, command) -> None:
    async with talking(server, client) as (work, room, seat, _offer):
        await work.command(command, room=room.room, **({"seat": seat} if command == "remove" else {}))
        await until(lambda: client.state is ClientState.OVER)
        assert not media.connected


async def test_waits_for_a_link_that_the_server_hears_of_a_moment_later(server, client) -> None:
    refused: list[str] = []
    client.refused.subscribe(refused.append)
    room = server.appointment()
    client.arrive(link(server, room))
    await until(lambda: refused == ["unknown-link"])
    async with server.workstation(room) as work:
        await work.state(room.room, lambda seats: any(s["state"] == "waiting" for s in seats))


async def test_sent_back_it_waits_again(server, client) -> None:
    async with talking(server, client) as (work, room, seat, _offer):
        await work.command("send-back", room=room.room, seat=seat)
        await until(lambda: client.state is ClientState.WAITING)


def test_goes_nowhere_but_to_this_machine(client, links) -> None:
    for foreign in links:
        with pytest.raises(NotHere):
            here(foreign)
        with pytest.raises(NotHere):
            client.arrive(foreign)
    assert client.state is ClientState.AWAY
    assert here("http://localhost:8000/r#" + "t" * 43) == ("http://127.0.0.1:8000", "t" * 43)


async def test_a_rehearsal_tells_what_is_wrong(server, table, links) -> None:
    fault = next(row for row in table.rows if row.fault.value == "camera-dark")
    room = server.appointment()
    async with server.workstation(room) as work:
        assert await rehearse(link(server, room), {fault.fault}, table)
        told = await work.line.expect("room-state", room=room.room)
        card = msgspec.convert(told["readiness"], dict)
        assert card["camera"] == Check.WEAK.value
        assert card["microphone"] == Check.OK.value
        assert card["reason"] == "camera-dark"
    for foreign in links:
        with pytest.raises(NotHere):
            await rehearse(foreign, set(), table)


async def test_page_hears_of_the_training(server) -> None:
    assert b'"training":true' in (await server.http("GET", "/site.json")).body
