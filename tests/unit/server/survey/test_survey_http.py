"""Rights and answers over HTTP: who gets one, how often, what is counted, and that bad input changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.secrets import b64url, new_token
from app.domain.survey import Variant, quarter_of, start_of
from app.server.survey.keys import GRACE_S
from app.server.survey.memory import MemorySurveyStore
from app.wire.survey import REPLY_BYTES
from tests.contract.test_golden_messages import golden
from tests.support.page_client import Appointment, PageClient, Workstation
from tests.support.server import START, Answer, RunningServer, running_server
from tests.support.survey_client import Right, body_of

DAY = 86_400
QUARTER = quarter_of(START)
GOLDEN = golden("survey.json")


@pytest.fixture
def store() -> MemorySurveyStore:
    return MemorySurveyStore()


@pytest.fixture
async def server(tmp_path: Path, store: MemorySurveyStore) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path / "data", survey_store=store) as running:
        yield running


async def card_of(server: RunningServer) -> bytes:
    return (await server.http("GET", "/survey.json")).body


async def asked(server: RunningServer, right: Right, **who: str | None) -> Answer:
    return await server.post("/api/survey/right", **right.asked, **who)


def seat_of(page: PageClient) -> dict[str, str | None]:
    return {"room": page.room, "seat": page.seat, "secret": page.secret}


async def right_of(server: RunningServer, **who: str | None) -> Right:
    """A right that was given."""
    right = Right.under(await card_of(server))
    answer = await asked(server, right, **who)
    assert answer.status == 200, answer.body
    return right.read(json.loads(answer.body)["signature"])


async def sent(server: RunningServer, sheet: dict[str, Any] | bytes) -> str:
    """The code that came back, in a reply of the one length."""
    answer = await server.http(
        "POST", "/api/survey", sheet if isinstance(sheet, bytes) else body_of(sheet), content_type="application/json"
    )
    assert (answer.status, len(answer.body)) == (200, REPLY_BYTES)
    return str(json.loads(answer.body)["code"])


@contextlib.asynccontextmanager
async def held(server: RunningServer, room: Appointment) -> AsyncIterator[tuple[Workstation, PageClient]]:
    """A page that is in the conversation."""
    async with server.workstation(room) as work, server.page(room).connected() as page:
        await page.join()
        assert (await work.command("admit", room=room.room, seat=page.seat))["type"] == "done"
        yield work, page


async def test_the_card_is_the_same_for_everybody_and_carries_no_tag(server: RunningServer) -> None:
    first = await server.http("GET", "/survey.json")
    second = await server.http("GET", "/survey.json", cookie="a=b", accept_language="fr")
    assert (first.status, first.body) == (200, second.body)
    assert "etag" not in first.headers
    assert "set-cookie" not in first.headers
    assert first.headers["cache-control"].startswith("public")
    (key,) = json.loads(first.body)["keys"]
    assert (key["quarter"], len(key["n"])) == (QUARTER, 342)


async def test_who_was_in_the_conversation_answers_once_after_its_end(server: RunningServer, store: MemorySurveyStore) -> None:
    room = server.appointment()
    async with held(server, room) as (work, page):
        await work.command("end", room=room.room)
        right = await right_of(server, **seat_of(page))
        again = await asked(server, right, **seat_of(page))
        assert right.read(json.loads(again.body)["signature"]).signature == right.signature, "the same request may be repeated"
        other = await asked(server, Right.under(await card_of(server)), **seat_of(page))
        assert (other.status, json.loads(other.body)) == (403, {"code": "no-right"})
        assert await sent(server, right.sheet()) == "counted"
        assert await sent(server, right.sheet()) == "right-spent"
        assert await sent(server, right.sheet(spoken="other")) == "right-spent"
        assert len(store._spent) == 1


async def test_a_right_waits_longer_than_the_seats_of_a_waiting_room(server: RunningServer) -> None:
    room = server.appointment()
    async with held(server, room) as (work, page):
        former = seat_of(page)
        await work.command("end", room=room.room)
        await server.clock.pass_time(900, work.line)
        await server.swept(work)
        assert (await right_of(server, **former)).signature


@pytest.mark.parametrize("wrong", ["secret", "seat", "room"])
async def test_nobody_gets_the_right_of_a_seat_without_its_secret(server: RunningServer, wrong: str) -> None:
    room = server.appointment()
    async with held(server, room) as (_, page):
        who = seat_of(page) | {wrong: new_token() if wrong == "secret" else new_token()[:22]}
        answer = await asked(server, Right.under(await card_of(server)), **who)
        assert answer.status in (403, 404)
        assert json.loads(answer.body)["code"] in ("no-right", "unknown-link")
        assert (await right_of(server, **seat_of(page))).signature


async def test_counsellors_the_curious_and_who_only_waited_get_none(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page:
        await page.join()
        right = Right.under(await card_of(server))
        state = await work.line.expect("room-state", room=room.room)
        counsellor = next(s["seat"] for s in state["seats"] if s["kind"] == "counsellor")
        for who in (seat_of(page), {"token": room.token}, {"token": new_token()}, seat_of(page) | {"seat": counsellor}):
            assert (await asked(server, right, **who)).status in (403, 404)
        await work.command("end", room=room.room)
        for who in (seat_of(page), {"token": room.token}):
            assert (await asked(server, right, **who)).status == 403, "it was over without any trouble"


@pytest.mark.parametrize("by", ["seat", "token"])
async def test_a_session_that_failed_for_technical_reasons_gives_one_right_in_all(server: RunningServer, by: str) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page(room).connected() as page:
        await page.join()
        await server.post("/api/report", token=room.token, step="waiting", reason="no-network")
        who = seat_of(page) if by == "seat" else {"token": room.token}
        early = await asked(server, Right.under(await card_of(server)), **who)
        assert early.status == 403, "it may still come about"
        await work.command("end", room=room.room)
        right = await right_of(server, **who)
        for other in (seat_of(page), {"token": room.token}):
            assert (await asked(server, Right.under(await card_of(server)), **other)).status == 403
        assert await sent(server, right.sheet(Variant.FAILED)) == "counted"


async def test_on_by_phone_from_the_waiting_room_gives_a_right_and_a_withdrawn_appointment_none(server: RunningServer) -> None:
    phone, revoked = server.appointment(), server.appointment()
    async with server.workstation(phone, revoked) as work:
        await server.post("/api/report", token=revoked.token, step="waiting", reason="stuck")
        await work.command("end", room=phone.room, by_phone=True)
        await work.command("revoke", room=revoked.room)
        right = await right_of(server, token=phone.token)
        assert await sent(server, right.sheet(Variant.PHONE)) == "counted"
        assert (await asked(server, Right.under(await card_of(server)), token=revoked.token)).status == 403


async def test_ten_answers_of_a_kind_are_counted_together(server: RunningServer, store: MemorySurveyStore) -> None:
    rooms = [server.appointment() for _ in range(11)]
    async with server.workstation(*rooms) as work:
        for number, room in enumerate(rooms):
            await work.command("end", room=room.room, by_phone=True)
            right = await right_of(server, token=room.token)
            about = {"children": "yes" if number else "no", "health": "none", "new-to-it": "none"}
            assert await sent(server, right.sheet(Variant.PHONE, about=about)) == "counted"
            assert len(await store.sheets("jobcenter", QUARTER)) == (10 if number >= 9 else 0)
            assert sum(store._tallies.values()) == (30 if number >= 9 else 0)
        refused = await work.command("survey-counts", quarter=QUARTER)
        assert (refused["type"], refused["code"]) == ("refused", "period-open")
        server.clock.now = start_of(QUARTER) + 95 * DAY + GRACE_S
        await work.line.send("survey-counts", quarter=QUARTER)
        counts = (await work.line.expect("survey-told"))["counts"]
        assert [(cell["variant"], cell["spoken"], cell["sheets"]) for cell in counts["cells"]] == [("phone", "de", 11)]
        assert counts["cells"][0]["answers"]["again"] == {"yes": 11}
        assert counts["about"][0]["statements"]["children"] == {"no": 1, "yes": 10}


def broken_sheets(right: Right) -> dict[str, tuple[Any, str]]:
    """Everything that is not to be counted, and what is said of it."""
    sheet = right.sheet()
    answers = sheet["answers"]
    return {
        "answer outside of the set": (right.sheet(answers=answers | {"again": "perhaps"}), "malformed"),
        "a question more": (right.sheet(answers=answers | {"failed-at": "link"}), "malformed"),
        "a question less": (right.sheet(answers={"again": "yes"}), "malformed"),
        "questions of another variant": (right.sheet() | {"variant": "failed"}, "malformed"),
        "unknown variant": (right.sheet() | {"variant": "other"}, "malformed"),
        "unknown language": (right.sheet(spoken="en"), "malformed"),
        "a statement less": (right.sheet(about={}), "malformed"),
        "a statement outside of the set": (right.sheet(about=sheet["about"] | {"health": "perhaps"}), "malformed"),
        "unknown version": (right.sheet(version="2099-1"), "unknown-version"),
        "forged signature": (right.sheet(signature=b64url(b"\x01" * 256)), "right-invalid"),
        "another nonce": (right.sheet(nonce=new_token()), "right-invalid"),
        "signature that is no base64": (right.sheet(signature="_" * 342), "right-invalid"),
        "a quarter a year ahead": (right.sheet(quarter=f"{int(QUARTER[:4]) + 1}{QUARTER[4:]}"), "period-closed"),
        "a quarter a year ago": (right.sheet(quarter=f"{int(QUARTER[:4]) - 1}{QUARTER[4:]}"), "period-closed"),
        "no JSON": (b"x" * 2048, "malformed"),
        "nothing": (b"", "malformed"),
        "too short": (json.dumps(sheet).encode(), "malformed"),
        "oversized": (body_of(sheet) + b" ", "too-large"),
        "far oversized": (b"{" * 1_000_000, "too-large"),
    }


async def test_bad_input_has_a_code_and_changes_nothing(server: RunningServer, store: MemorySurveyStore) -> None:
    room = server.appointment()
    async with held(server, room) as (_, page):
        right = await right_of(server, **seat_of(page))
        told = {name: (await sent(server, body), code) for name, (body, code) in broken_sheets(right).items()}
        assert {name: code for name, (code, _) in told.items()} == {name: code for name, (_, code) in told.items()}
        assert (store._spent, await store.waiting("jobcenter")) == (set(), None)
        assert await sent(server, right.sheet()) == "counted", "and the right is still good"


@pytest.mark.parametrize(
    "body", [json.dumps(one) for one in golden("survey.json")["rights"]] + golden("survey.json")["broken_rights"] + ["x" * 2000]
)
async def test_broken_and_unknown_requests_for_a_right_get_a_code(server: RunningServer, body: str) -> None:
    answer = await server.http("POST", "/api/survey/right", body.encode())
    assert answer.status in (400, 404)
    assert json.loads(answer.body)["code"] in ("malformed", "too-large", "unknown-link")


async def test_a_blinded_message_that_is_no_number_below_the_modulus_is_refused_and_takes_no_right(server: RunningServer) -> None:
    room = server.appointment()
    async with held(server, room) as (_, page):
        for blinded in ("A" * 342, "_" * 341 + "8"):
            answer = await server.post("/api/survey/right", quarter=QUARTER, blinded=blinded, **seat_of(page))
            assert (answer.status, json.loads(answer.body)) == (400, {"code": "malformed"})
        wrong = await server.post(
            "/api/survey/right", **(Right.under(await card_of(server)).asked | {"quarter": "2020-Q1"}), **seat_of(page)
        )
        assert (wrong.status, json.loads(wrong.body)) == (410, {"code": "period-closed"})
        assert (await right_of(server, **seat_of(page))).signature


async def test_a_right_of_the_last_day_is_good_for_two_more_weeks(server: RunningServer) -> None:
    server.clock.now = start_of(QUARTER) + 89 * DAY
    room = server.appointment()
    async with held(server, room) as (work, page):
        right = await right_of(server, **seat_of(page))
        server.clock.now = start_of(QUARTER) + 100 * DAY
        keys = json.loads(await card_of(server))["keys"]
        assert [key["quarter"] for key in keys] == [quarter_of(int(server.clock.now)), QUARTER]
        assert await sent(server, right.sheet()) == "counted"
        server.clock.now = start_of(QUARTER) + 120 * DAY
        assert await sent(server, right.sheet()) == "period-closed"
        await work.line.close()


async def test_of_a_hundred_same_answers_at_once_one_is_counted(server: RunningServer, store: MemorySurveyStore) -> None:
    room = server.appointment()
    async with held(server, room) as (_, page):
        right = await right_of(server, **seat_of(page))
        codes = await asyncio.gather(*(sent(server, right.sheet()) for _ in range(20)))
        assert sorted(codes) == ["counted"] + ["right-spent"] * 19
        assert len(store._spent) == 1


async def test_rights_and_answers_survive_a_restart(tmp_path: Path) -> None:
    async with running_server(tmp_path, database=None) as server:
        room, key = server.appointment(), server.key
        async with held(server, room) as (work, page):
            await work.command("end", room=room.room)
            right = await right_of(server, **seat_of(page))
    async with running_server(tmp_path, database=None, key=key) as server:
        assert (await asked(server, Right.under(await card_of(server)), **seat_of(page))).status == 403
        assert json.loads((await asked(server, right, **seat_of(page))).body)["signature"]
        assert await sent(server, right.sheet()) == "counted"
    async with running_server(tmp_path, database=None, key=key) as server:
        assert await sent(server, right.sheet()) == "right-spent"


async def test_a_reply_comes_at_its_own_pace_whatever_was_wrong(tmp_path: Path) -> None:
    pace, loop = 0.2, asyncio.get_running_loop()
    async with running_server(tmp_path, survey_pace=pace) as server:
        right = Right.under(await card_of(server)).read(b64url(b"\x01" * 256))
        for body in (b"", body_of(right.sheet())):
            before = loop.time()
            assert await sent(server, body) in ("malformed", "right-invalid")
            assert loop.time() - before >= pace


async def test_in_training_nobody_gets_a_right_and_nothing_is_counted(
    tmp_path: Path, server: RunningServer, store: MemorySurveyStore
) -> None:
    real = await card_of(server)
    async with running_server(tmp_path / "training", survey_store=store, training=True) as training:
        assert json.loads(await card_of(training))["keys"] == []
        room = training.appointment()
        async with held(training, room) as (work, page):
            await work.command("end", room=room.room)
            right = Right.under(real)
            answer = await asked(training, right, **seat_of(page))
            assert json.loads(answer.body) == {"code": "period-closed"}
        room = server.appointment()
        async with held(server, room) as (work, page):
            await work.command("end", room=room.room)
            earned = await right_of(server, **seat_of(page))
        assert await sent(training, earned.sheet()) == "period-closed"
    assert len(store._spent) == 0
