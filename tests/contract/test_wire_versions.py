"""Two versions of the wire understand each other: ours and the one before, which lies frozen in `version_before`.

Neither end says anything that the other refuses, whichever of them is newer. A type that a reader does not know is passed over.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.server import envelopes
from app.wire import messages, readiness, talk
from app.wire.codes import Code
from app.wire.common import Message
from app.wire.fields import Id
from app.wire.page import Knock, Leave
from tests.support.server import running_server
from tests.support.wire_versions import BEFORE, CONTRACT, UNIONS, Ends, Json, gaps

NOW = Ends.now()
BEFORE_US = Ends.before()
CODECS = {
    "page_to_server": messages.page_codec().parse,
    "server_to_page": messages.page_side_codec().parse,
    "workstation_to_server": messages.workstation_codec().parse,
    "server_to_workstation": messages.control_codec().parse,
    "talk": talk.parse_talk,
}
SAID_LATER: dict[str, list[str]] = {}
"""What our end may say though the version before refuses it, by direction, because it is said only to who showed that it knows it.
Each has its reason beside it."""


def golden(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", UNIONS)
def test_our_end_takes_whatever_the_version_before_may_say(name: str) -> None:
    assert gaps(writer=BEFORE_US, reader=NOW, name=name) == []


@pytest.mark.parametrize("name", UNIONS)
def test_our_end_says_nothing_that_the_version_before_refuses(name: str) -> None:
    assert gaps(writer=NOW, reader=BEFORE_US, name=name) == SAID_LATER.get(name, [])


@pytest.mark.parametrize("direction", CODECS)
def test_our_readers_take_the_golden_messages_of_the_version_before(direction: str) -> None:
    for message in golden(BEFORE, "messages")[direction]:
        CODECS[direction](json.dumps(message))


def test_our_server_takes_the_golden_reports_of_the_version_before() -> None:
    for report in golden(BEFORE, "reports")["reports"]:
        readiness.parse_report(json.dumps(report))


@pytest.mark.parametrize("direction", CODECS)
def test_the_version_before_takes_our_golden_messages_and_its_own(direction: str) -> None:
    for folder in (CONTRACT / "golden", BEFORE):
        for message in golden(folder, "messages")[direction]:
            assert BEFORE_US.refused(direction, message) == ""


BROKEN = [b["text"] for b in golden(CONTRACT / "golden", "broken_from_page") if b["code"] == "malformed" and '"type":"' in b["text"]]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_frozen_definitions_refuse_what_is_broken(broken: str) -> None:
    assert BEFORE_US.refused("page_to_server", json.loads(broken)) != ""


async def test_the_version_before_takes_what_a_server_really_says(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        room, other = server.appointment(), server.appointment()
        async with server.workstation(room, other) as work, server.page(room).connected() as page:
            await page.join()
            [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
            await work.line.send("reached", room=room.room, seat=seat["seat"])
            await page.line.expect("reached")
            await work.command("notify", room=room.room, seat=seat["seat"], notice="five-minutes")
            await page.line.expect("notice")
            await work.command("admit", room=room.room, seat=seat["seat"])
            await page.line.expect("admitted")
            assert (await work.command("admit", room=room.room, seat=seat["seat"]))["code"] == "conflict"
            epoch = await page.offer()
            offer = await work.line.expect("offer", room=room.room)
            await work.line.send("need-offer", room=room.room, to=offer["from"], epoch=epoch, reason="stalled")
            await work.line.send("answer", room=room.room, to=offer["from"], epoch=epoch, sdp="v=0\r\n")
            await page.line.expect("answer")
            await page.line.send("ping", n=1)
            await page.line.expect("pong")
            await work.command("end", room=room.room)
            await page.line.expect("ended")
        said = {"server_to_page": page.line.received, "server_to_workstation": work.line.received}
    assert {"waiting", "reached", "notice", "admitted", "need-offer", "answer", "pong", "ended"} <= {m["type"] for m in page.line.received}
    assert {"challenge", "welcome", "room-state", "done", "refused", "offer"} <= {m["type"] for m in work.line.received}
    assert [m for name, lines in said.items() for m in lines if BEFORE_US.refused(name, m)] == []


def test_an_envelope_of_a_later_version_of_the_server_says_look_again() -> None:
    assert envelopes.unpack(b'{"kind":"of-a-later-version","room":1}') == envelopes.LookAgain()


def test_a_refusal_for_a_reason_of_a_later_version_is_a_refusal() -> None:
    refused = messages.control_codec().parse('{"type":"refused","seq":1,"re":4,"code":"of-a-later-version"}')
    assert refused == messages.Refused(seq=1, re=4, code=Code.UNKNOWN_TYPE)


# ---- the comparison finds what it is for


class Because(Message, tag="knock", frozen=True, kw_only=True):
    """Breaks: a field more that must be there."""

    room: Id
    why: str


class Nowhere(Message, tag="knock", frozen=True, kw_only=True):
    """Breaks for the version before: a field less. For ours it is harmless."""


class Counted(Message, tag="knock", frozen=True, kw_only=True):
    """Breaks: another kind of field."""

    room: int


class Loose(Message, tag="knock", frozen=True, kw_only=True):
    """Breaks for the version before: more values than it takes."""

    room: str


class Louder(Message, tag="knock", frozen=True, kw_only=True):
    """Breaks nothing: a field more that may be missing."""

    room: Id
    loud: bool = False


class Bell(Message, tag="bell", frozen=True, kw_only=True):
    """Breaks nothing: a type more."""

    room: Id


def version(kind: Any) -> Ends:
    """The knock as we have it, or another in its place."""
    return Ends({"knock": msgspec.json.schema(kind | Leave)})


@pytest.mark.parametrize(
    ("later", "not_taken", "not_said"),
    [
        (Knock, [], []),
        (Because, ["knock.knock.why: missing"], []),
        (Nowhere, [], ["knock.knock.room: missing"]),
        (Counted, ["knock.knock.room: string instead of integer"], ["knock.knock.room: integer instead of string"]),
        (Loose, [], ["knock.knock.room: another pattern"]),
        (Louder, [], []),
        (Knock | Bell, [], []),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_change_that_the_other_version_does_not_stand_is_found(later: Any, not_taken: list[str], not_said: list[str]) -> None:
    assert gaps(writer=version(Knock), reader=version(later), name="knock") == not_taken
    assert gaps(writer=version(later), reader=version(Knock), name="knock") == not_said


def changed(name: str, kind: str, field: str, **values: Any) -> Ends:
    """Today's definitions with one field of one record changed."""
    schemas = json.loads(json.dumps(NOW.schemas))
    schemas[name]["$defs"][kind]["properties"][field].update(values)
    return Ends(schemas)


def test_bounds_and_words_that_widen_are_found() -> None:
    wider = changed("talk", "Limits", "kbps", maximum=200_000)
    assert gaps(writer=wider, reader=NOW, name="talk") == ["talk.limits.kbps: maximum higher"]
    assert gaps(writer=NOW, reader=wider, name="talk") == []
    words = json.loads(json.dumps(NOW.schemas))
    words["server_to_workstation"]["$defs"]["SeatState"]["enum"].append("parked")
    assert gaps(writer=Ends(words), reader=NOW, name="server_to_workstation") == [
        "server_to_workstation.room-state.seats[].state: 'parked' is new"
    ]


def test_a_message_that_lacks_what_the_version_before_wants_is_refused_by_it() -> None:
    message: Json = next(m for m in golden(BEFORE, "messages")["server_to_workstation"] if m["type"] == "welcome")
    without = {name: value for name, value in message.items() if name != "signature"}
    assert "signature" in BEFORE_US.refused("server_to_workstation", without)
    assert BEFORE_US.refused("server_to_workstation", {**message, "later": 1}) == ""
    assert BEFORE_US.refused("server_to_workstation", {"type": "of-a-later-version", "seq": 1}) == ""
