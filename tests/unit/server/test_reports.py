"""What the page reports after a tap: kept as the newest of each, told to the workstation now or when it comes, forgotten when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.secrets import new_token
from app.server.rate_limits import Rates
from tests.contract.test_golden_messages import golden
from tests.support.page_client import Json, Workstation
from tests.support.server import RunningServer, running_server


async def readiness(work: Workstation, room: str) -> Json | None:
    """As told last."""
    await work.line.sign_of_life()
    states = [m for m in work.line.received if m["type"] == "room-state" and m["room"] == room]
    found: Json | None = states[-1].get("readiness")
    return found


async def test_a_report_reaches_the_workstation_at_once(server: RunningServer) -> None:
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room) as work:
        assert await readiness(work, room.room) is None
        answer = await server.post("/api/report", token=room.token, step="agreement", camera="ok", network="weak")
        assert (answer.status, answer.body) == (204, b"")
        state = await work.line.expect("room-state", room=room.room)
        assert state["readiness"] == {"at": room.now, "opened_at": room.now, "camera": "ok", "network": "weak", "step": "agreement"}


async def test_a_workstation_that_connects_later_gets_the_newest(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room):
        pass
    await server.post("/api/report", token=room.token, wish="cannot-come")
    await server.post("/api/report", token=room.token, wish="call-me", step="permission", reason="denied")
    async with server.workstation(room) as work:
        known = await readiness(work, room.room)
        assert known == {"at": room.now, "opened_at": room.now, "wish": "call-me", "step": "permission", "reason": "denied"}
        assert json.loads((await server.look(room.look)).body)["wish"] == "call-me"
        await server.post("/api/report", token=room.token, wish="nothing")
        assert json.loads((await server.look(room.look)).body)["wish"] == ""
        assert (await work.command("forget-readiness", room=room.room))["type"] == "done"
        assert await readiness(work, room.room) is None


async def test_the_check_tells_its_screen_and_only_faults_of_the_table(server: RunningServer) -> None:
    room = server.appointment(opens_in=86_400)
    async with server.workstation(room) as work:
        for reason, kept in (("mic-quiet", "mic-quiet"), ("logi-webcam", "unknown"), ("", None)):
            told = {"reason": reason} if reason else {}
            assert (await server.post("/api/report", token=room.token, step="check-microphone", **told)).status == 204
            known = await readiness(work, room.room)
            assert known is not None
            assert (known["step"], known.get("reason")) == ("check-microphone", kept)


async def test_who_has_no_token_reports_by_code_and_then_by_seat(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work, server.page_by_code(room.code).connected() as page:
        assert (await server.post("/api/report", code=room.code, step="preview")).status == 204
        await page.join()
        await work.command("admit", room=room.room, seat=page.seat)
        assert (await server.post("/api/report", code=room.code, step="room")).status == 404
        seat = {"room": page.room, "seat": page.seat, "secret": page.secret}
        assert (await server.post("/api/report", **seat, step="room", reason="stuck")).status == 204
        known = await readiness(work, room.room)
        assert known is not None
        assert (known["step"], known["reason"]) == ("room", "stuck")
        for wrong in ({"secret": new_token()}, {"seat": new_token()[:22]}, {"room": new_token()[:22]}):
            assert (await server.post("/api/report", **{**seat, **wrong}, step="room")).status == 404


@pytest.mark.parametrize("body", [*golden("reports.json")["broken"], "x" * 2000, json.dumps({"token": "a" * 43})])
async def test_broken_and_unknown_reports_get_the_same_answer(server: RunningServer, body: str) -> None:
    answer = await server.http("POST", "/api/report", body.encode())
    assert (answer.status, json.loads(answer.body)) == (404, {"code": "unknown-link"})


async def test_the_look_key_reports_nothing(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        assert (await server.post("/api/report", token=room.look, wish="cannot-come")).status == 404
        assert await readiness(work, room.room) is None


async def test_a_room_that_is_over_takes_no_report(server: RunningServer) -> None:
    ended, revoked = server.appointment(), server.appointment()
    async with server.workstation(ended, revoked) as work:
        await work.command("end", room=ended.room)
        await work.command("revoke", room=revoked.room)
        for room, code in ((ended, "expired-link"), (revoked, "revoked-link")):
            answer = await server.post("/api/report", token=room.token, step="agreement")
            assert (answer.status, json.loads(answer.body)) == (410, {"code": code})


async def test_reports_of_a_room_and_failures_of_an_address_are_limited(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(reports="2/hour", failures="2/hour")) as server:
        room, other = server.appointment(), server.appointment()
        async with server.workstation(room, other):
            told = [(await server.post("/api/report", token=room.token, camera="ok")).status for _ in range(3)]
            assert told == [204, 204, 429]
            assert (await server.post("/api/report", token=other.token, camera="ok")).status == 204
            told = [(await server.post("/api/report", token=new_token())).status for _ in range(3)]
            assert told == [404, 404, 429]
            assert (await server.look(other.look)).status == 429  # the same count


async def test_a_weight_comes_back_as_heavy_as_was_asked(server: RunningServer) -> None:
    async with server.page(server.appointment()).connected() as page:
        await page.line.send("probe", n=1, filler="a" * 32_768, back=0)
        assert (await page.line.expect("probe", n=1))["filler"] == ""
        await page.line.send("probe", n=2, filler="", back=32_768)
        assert len((await page.line.expect("probe", n=2))["filler"]) == 32_768
        await page.line.send("probe", n=3, filler="", back=32_769)
        assert (await page.line.expect("refused"))["code"] == "malformed"


async def test_a_weight_comes_back_as_it_went_sixteen_times(server: RunningServer) -> None:
    async with server.page(server.appointment()).connected() as page:
        filler = "a" * 32_768
        for n in range(1, 17):
            await page.line.send("probe", n=n, filler=filler)
        for n in range(1, 17):
            assert (await page.line.expect("probe", n=n))["filler"] == filler
        await page.line.send("probe", n=17, filler="")
        assert (await page.line.expect("refused"))["code"] == "too-many"
