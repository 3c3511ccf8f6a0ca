"""Who may do what with whose rooms and figures: every message of the control link x the own room, that of a colleague of the same site, and
that of another site (OWASP ASVS 5.0, 8.2.2 and 8.4.1)."""

from __future__ import annotations

import contextlib
import enum
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url, from_b64url, hash_secret, new_id, new_token
from app.domain.survey import quarter_of
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import Way
from app.server.enrolment.ports import Workstation as Known
from app.server.ports import RoomRow
from app.server.state.memory import MemoryRoomStore
from app.wire.messages import FromWorkstation
from app.wire.survey import TAKE_UP_CONTEXT, filled
from tests.support.blinding import blind
from tests.support.page_client import Appointment, Json, PageClient, Workstation, public_key
from tests.support.server import START, RunningServer, running_server
from tests.support.survey_client import Right, body_of

QUARTER = quarter_of(START)
DAY = 86_400


class Whose(enum.Enum):
    """Whose room or site a message is about."""

    OWN = "own"
    COLLEAGUE = "colleague of the same site"
    ELSEWHERE = "another site"


SITES = {Whose.OWN: "musterstadt", Whose.COLLEAGUE: "musterstadt", Whose.ELSEWHERE: "nachbarstadt"}


OTHERS = pytest.mark.parametrize("whose", [Whose.COLLEAGUE, Whose.ELSEWHERE], ids=lambda whose: whose.value)


@dataclass
class Desk:
    """One counsellor's workstation with a client who is in the conversation and one who waits."""

    key: Ed25519PrivateKey
    work: Workstation
    room: Appointment
    admitted: PageClient
    waiting: PageClient


@dataclass
class House:
    """One server with three workstations."""

    server: RunningServer
    store: MemoryRoomStore
    desks: dict[Whose, Desk] = field(default_factory=dict)

    async def rows(self) -> dict[str, RoomRow | None]:
        return {desk.room.room: await self.store.find(desk.room.room) for desk in self.desks.values()}


@contextlib.asynccontextmanager
async def desk_of(server: RunningServer, key: Ed25519PrivateKey, site: str) -> AsyncIterator[Desk]:
    room = server.appointment(site=site)
    admitted, waiting = server.page(room), server.page(room)
    server.key = key
    async with server.workstation(room) as work, admitted.connected(), waiting.connected():
        await admitted.join()
        await waiting.join()
        assert (await work.command("admit", room=room.room, seat=admitted.seat))["type"] == "done"
        await admitted.line.expect("admitted")
        await admitted.offer()
        await work.line.expect("offer", room=room.room)
        yield Desk(key, work, room, admitted, waiting)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    known, rooms = MemoryWorkstationStore(), MemoryRoomStore()
    keys = {whose: Ed25519PrivateKey.generate() for whose in Whose}
    for whose, key in keys.items():
        await known.register(Known(public_key(key), SITES[whose], "Jobcenter", START, Way.CODE))
    async with running_server(tmp_path, store=rooms, workstation_store=known) as server, contextlib.AsyncExitStack() as stack:
        house = House(server, rooms)
        for whose, key in keys.items():
            house.desks[whose] = await stack.enter_async_context(desk_of(server, key, SITES[whose]))
        yield house


ABOUT_ROOMS: dict[str, Callable[[Desk], Json]] = {
    "need-offer": lambda d: {"to": d.admitted.seat, "epoch": 1, "reason": "failed"},
    "answer": lambda d: {"to": d.admitted.seat, "epoch": 1, "sdp": "v=0\r\n"},
    "candidate": lambda d: {"to": d.admitted.seat, "epoch": 1, "candidate": ""},
    "reached": lambda d: {"seat": d.waiting.seat},
    "notify": lambda d: {"seat": d.waiting.seat, "notice": "five-minutes"},
    "forget-readiness": lambda d: {},
    "send-back": lambda d: {"seat": d.admitted.seat},
    "admit": lambda d: {"seat": d.waiting.seat},
    "remove": lambda d: {"seat": d.admitted.seat},
    "end": lambda d: {},
    "revoke": lambda d: {},
}
"""Each message that names a room, with fields that are right for the one whose room it is, in an order in which all of them can be done."""
ABOUT_ALL_ROOMS = {"publish"}
BY_DEPUTIES = {"take-over"}
"""Not for the own room only."""
ABOUT_THE_SITE = {"survey-counts", "take-up-right"}
ABOUT_ITSELF = {"enrol", "prove", "beat", "ping"}
"""They name no room and no site."""


def test_no_message_of_a_workstation_is_left_out() -> None:
    messages = {kind.__struct_config__.tag for kind in FromWorkstation.__args__}
    assert messages == {*ABOUT_ROOMS} | ABOUT_ALL_ROOMS | BY_DEPUTIES | ABOUT_THE_SITE | ABOUT_ITSELF | SIGN_IN & messages


SIGN_IN = {"sign-in-wanted", "enrol-by-token"}
"""They come before the proof, too."""


async def test_a_room_obeys_its_own_workstation(house: House) -> None:
    desk = house.desks[Whose.OWN]
    for message, fields in ABOUT_ROOMS.items():
        await desk.work.line.send(message, room=desk.room.room, **fields(desk))
        await desk.work.line.sign_of_life()
    assert [m["code"] for m in desk.work.line.received if m["type"] == "refused" and m["code"] != "unknown-type"] == []


@OTHERS
async def test_a_room_obeys_nobody_else(house: House, whose: Whose) -> None:
    actor, target = house.desks[Whose.OWN], house.desks[whose]
    before, heard = await house.rows(), {other: len(_told(desk)) for other, desk in house.desks.items()}
    for message, fields in ABOUT_ROOMS.items():
        seq = await actor.work.line.send(message, room=target.room.room, **fields(target))
        assert (await actor.work.line.expect("refused", re=seq))["code"] == "not-yours", message
    assert await house.rows() == before
    for other, desk in house.desks.items():
        for line in (desk.work.line, desk.admitted.line, desk.waiting.line):
            await line.sign_of_life()
        assert len(_told(desk)) == heard[other]


def _told(desk: Desk) -> list[Json]:
    """What anybody of this desk heard of rooms and seats."""
    lines = (desk.work.line, desk.admitted.line, desk.waiting.line)
    return [m for line in lines for m in line.received if m["type"] not in ("beat", "refused")]


@OTHERS
async def test_nobody_publishes_over_the_room_of_another(house: House, whose: Whose) -> None:
    actor, target = house.desks[Whose.OWN], house.desks[whose]
    before = await house.rows()
    theirs, own = target.room.card(), actor.room.card()
    for cards, codes in (
        ([own, theirs], {"not-yours"}),
        ([own, {**theirs, "site": SITES[Whose.OWN]}], {"not-yours"}),
        ([own, {**own, "room": new_id(), "token_hash": theirs["token_hash"], "look_hash": new_token()}], {"conflict"}),
        ([own, {**own, "room": new_id(), "token_hash": new_token(), "look_hash": theirs["look_hash"]}], {"conflict"}),
    ):
        seq = await actor.work.line.send("publish", rooms=cards)
        assert (await actor.work.line.expect("refused", re=seq))["code"] in codes
    assert await house.rows() == before


async def test_nobody_publishes_rooms_of_another_site(house: House) -> None:
    actor = house.desks[Whose.OWN]
    for site in (SITES[Whose.ELSEWHERE], "jobcenter", "nobody"):
        seq = await actor.work.line.send("publish", rooms=[actor.room.card(), Appointment(START, site=site).card()])
        assert (await actor.work.line.expect("refused", re=seq))["code"] == "not-yours"
    assert len(await house.store.rooms_of(actor.work.owner)) == 1


def taking(desk: Desk, **other: str) -> Json:
    """The fields of `take-over` for this desk's room."""
    return {"room": desk.room.room, "holder": desk.work.owner, "token_hash": hash_secret(desk.room.token)} | other


async def test_a_deputy_takes_only_rooms_of_the_own_site_whose_link_was_told(house: House) -> None:
    actor, colleague, elsewhere = (house.desks[whose] for whose in Whose)
    before = await house.rows()
    for fields in (taking(elsewhere), taking(elsewhere, token_hash=new_token()), taking(colleague, token_hash=new_token())):
        assert (await actor.work.command("take-over", **fields))["code"] == "not-yours"
    assert (await actor.work.command("take-over", **taking(colleague, room=new_id())))["code"] == "not-yours"
    assert (await actor.work.command("take-over", **taking(colleague)))["code"] == "conflict"  # somebody is in the conversation
    assert await house.rows() == before
    await colleague.work.command("remove", room=colleague.room.room, seat=colleague.admitted.seat)
    assert (await actor.work.command("take-over", **taking(colleague, holder=elsewhere.work.owner)))["code"] == "conflict"
    assert (await actor.work.command("take-over", **taking(colleague)))["type"] == "done"
    await colleague.work.line.expect("room-state", room=colleague.room.room, taken_over=True)
    assert (await colleague.waiting.line.expect("notice"))["notice"] == "colleague"


async def test_who_had_a_room_before_may_do_nothing_with_it(house: House) -> None:
    actor, colleague = house.desks[Whose.OWN], house.desks[Whose.COLLEAGUE]
    await colleague.work.command("remove", room=colleague.room.room, seat=colleague.admitted.seat)
    assert (await actor.work.command("take-over", **taking(colleague)))["type"] == "done"
    before = await house.rows()
    for message, fields in ABOUT_ROOMS.items():
        seq = await colleague.work.line.send(message, room=colleague.room.room, **fields(colleague))
        assert (await colleague.work.line.expect("refused", re=seq))["code"] == "not-yours", message
    assert (await colleague.work.command("take-over", **taking(colleague)))["code"] == "conflict"  # only from whoever has it now
    assert await house.rows() == before


async def test_only_the_own_rooms_are_told(house: House) -> None:
    for whose, desk in house.desks.items():
        others = {other.room.room for name, other in house.desks.items() if name is not whose}
        said = json.dumps(desk.work.line.received)
        assert desk.room.room in said
        assert not [room for room in others if room in said]


# ---- a site's figures


async def right_of(house: House, whose: Whose) -> Right:
    """Of this desk's client, who does as the real page does: whose keys to use it hears when it asks."""
    page, server = house.desks[whose].admitted, house.server
    who = {"room": page.room, "seat": page.seat, "secret": page.secret}
    first = Right.under((await server.http("GET", "/survey.json")).body)
    refused = await server.post("/api/survey/right", **first.asked, **who)
    assert (refused.status, json.loads(refused.body)) == (409, {"code": "conflict", "site": SITES[whose]})
    right = Right.under((await server.http("GET", f"/survey/{SITES[whose]}.json")).body)
    signed = await server.post("/api/survey/right", **right.asked, **who, site=SITES[whose])
    assert signed.status == 200
    return right.read(json.loads(signed.body)["signature"])


async def answered(house: House, sheet: Json) -> str:
    return str(json.loads((await house.server.http("POST", "/api/survey", body_of(sheet), content_type="application/json")).body)["code"])


async def told(house: House, whose: Whose) -> Json:
    """The figures of the quarter, asked for on a new day when it is closed."""
    house.server.clock.now = START + 120 * DAY
    house.server.key = house.desks[whose].key
    async with house.server.workstation() as work:
        seq = await work.line.send("survey-counts", quarter=QUARTER)
        return dict((await work.line.expect("survey-told", re=seq))["counts"])


async def test_answers_are_counted_for_the_site_of_their_room(house: House) -> None:
    for whose in Whose:
        assert await answered(house, {**(await right_of(house, whose)).sheet(), "site": SITES[whose]}) == "counted"
    figures = {whose: await told(house, whose) for whose in Whose}
    assert {whose: (f["site"], sum(cell["sheets"] for cell in f["cells"])) for whose, f in figures.items()} == {
        Whose.OWN: ("musterstadt", 2),
        Whose.COLLEAGUE: ("musterstadt", 2),
        Whose.ELSEWHERE: ("nachbarstadt", 1),
    }


async def test_the_right_of_one_site_counts_for_no_other(house: House) -> None:
    right = await right_of(house, Whose.OWN)
    for claimed in ("nachbarstadt", "jobcenter", None, "nobody"):
        assert await answered(house, {**right.sheet(), "site": claimed}) == "right-invalid"
    assert await answered(house, {**right.sheet(), "site": "musterstadt"}) == "counted"


async def test_each_site_has_keys_of_its_own_and_a_made_up_one_has_none(house: House) -> None:
    for path in ("survey", "take-up"):
        cards = [await house.server.http("GET", f"/{path}{site}.json") for site in ("", "/musterstadt", "/nachbarstadt", "/jobcenter")]
        assert len({key["n"] for card in cards for key in json.loads(card.body)["keys"]}) == 3
        assert cards[0].body == cards[3].body
        for site in ("nobody", "..", "MUSTERSTADT", "a" * 33):
            assert (await house.server.http("GET", f"/{path}/{site}.json")).status == 404
    assert not [file.name for file in house.server.data.iterdir() if "nobody" in file.name]


async def test_take_up_is_handed_in_for_the_own_site(house: House) -> None:
    for whose, times in ((Whose.OWN, 1), (Whose.COLLEAGUE, 1), (Whose.ELSEWHERE, 1)):
        work, site = house.desks[whose].work, SITES[whose]
        keys = json.loads((await house.server.http("GET", f"/take-up/{site}.json")).body)["keys"]
        nonce = from_b64url(new_token())
        made = blind(int.from_bytes(from_b64url(keys[0]["n"]), "big"), TAKE_UP_CONTEXT + nonce)
        seq = await work.line.send("take-up-right", quarter=QUARTER, blinded=b64url(made.blinded))
        signature = b64url(made.unblinded(from_b64url((await work.line.expect("take-up-signed", re=seq))["signature"])))
        sheet = {"quarter": QUARTER, "counts": {"asked": {"agreed": times}}, "nonce": b64url(nonce), "signature": signature}
        for claimed, code in (("nobody", "right-invalid"), (None, "right-invalid"), (site, "counted"), (site, "right-spent")):
            body = filled(json.dumps(sheet | ({"site": claimed} if claimed else {}))).encode()
            answer = await house.server.http("POST", "/api/take-up", body, content_type="application/json")
            assert json.loads(answer.body)["code"] == code
    sums = {whose: (await told(house, whose))["take_up"]["asked"] for whose in Whose}
    assert sums == {Whose.OWN: {"agreed": 2}, Whose.COLLEAGUE: {"agreed": 2}, Whose.ELSEWHERE: {"agreed": 1}}
