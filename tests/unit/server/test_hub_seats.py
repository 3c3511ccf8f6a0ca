"""From the tap to the goodbye over real sockets: seats, secrets, second devices, news for both sides."""

from __future__ import annotations

from dataclasses import replace

from app.domain.rooms import SeatState
from app.domain.secrets import new_id, new_token
from app.server.page_news import View, last_notice
from app.wire.messages import Notice
from tests.support.page_client import Workstation
from tests.support.server import RunningServer


async def test_the_whole_way(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        waiting = await page.join()
        assert (waiting["type"], waiting["room"], waiting["reached"]) == ("waiting", room.room, False)
        [seat] = await work.state(room.room, lambda seats: len(seats) == 1)
        assert seat == {"seat": page.seat, "kind": "client", "state": "waiting", "present": True, "reached": False, **_rest(server)}
        await work.line.send("reached", room=room.room, seat=page.seat)
        await page.line.expect("reached", room=room.room)
        assert (await work.command("admit", room=room.room, seat=page.seat))["type"] == "done"
        admitted = await page.line.expect("admitted")
        assert (admitted["epoch"], admitted["ice_servers"], admitted["seat"]) == (0, [], page.seat)
        await _talk(page, work, admitted["peer"])
        assert (await work.command("end", room=room.room))["type"] == "done"
        assert (await page.line.expect("ended"))["reason"] == "counsellor"
        assert await page.line.closed() == 4000
        await work.state(room.room, lambda seats: seats[0]["state"] == "ended")


def _rest(server: RunningServer) -> dict[str, object]:
    return {"since": int(server.clock()), "language": "de", "epoch": 0}


async def _talk(page, work: Workstation, peer: str) -> None:
    """An offer there, an answer and candidates both ways; every message says from whom it is."""
    await page.offer("v=0 offer")
    offer = await work.line.expect("offer")
    assert (offer["epoch"], offer["sdp"], offer["from"], offer["to"]) == (1, "v=0 offer", page.seat, peer)
    await work.line.send("answer", room=page.room, epoch=1, sdp="v=0 answer", to=page.seat)
    assert (await page.line.expect("answer"))["from"] == peer
    await page.line.send("candidate", room=page.room, epoch=1, candidate="candidate:1", mid="0", line=0)
    assert (await work.line.expect("candidate"))["candidate"] == "candidate:1"
    await work.line.send("candidate", room=page.room, epoch=1, candidate="", to=page.seat)
    assert (await page.line.expect("candidate"))["candidate"] == ""
    await work.line.send("need-offer", room=page.room, epoch=1, reason="stalled", to=page.seat)
    assert (await page.line.expect("need-offer"))["reason"] == "stalled"


async def test_a_sender_is_never_believed_about_itself(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await work.command("admit", room=room.room, seat=page.seat)
        await page.line.expect("admitted")
        await page.line.send("offer", room=room.room, epoch=1, sdp="v=0", **{"from": new_id()})
        assert (await work.line.expect("offer"))["from"] == page.seat


async def test_after_a_reload_the_same_seat_in_the_same_state(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
        seat, secret = page.seat, page.secret
        async with page.connected():
            assert (await page.join())["type"] == "waiting"
            assert page.seat == seat
            assert page.secret != secret
            await work.command("admit", room=room.room, seat=seat)
            await page.line.expect("admitted")
            await page.offer()
            await work.line.expect("offer")
        async with page.connected():
            again = await page.join()
            assert (again["type"], again["seat"], again["epoch"]) == ("admitted", seat, 1)
            await page.offer()
            assert (await work.line.expect("offer"))["epoch"] == 2
        seats = await work.state(room.room, lambda seats: seats[0]["epoch"] == 2)
        assert len(seats) == 1


async def test_a_lost_confirmation_loses_no_seat(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room):
        async with page.connected():
            await page.join()
            await page.line.sign_of_life()
        seat, old = page.seat, page.secret
        async with page.connected():
            await page.join(confirm=False)
            page.line.abort()
        page.secret = old  # the new one never got as far as the tab's storage
        async with page.connected():
            assert (await page.join())["seat"] == seat
            await page.line.sign_of_life()
        page.secret = old  # confirmed meanwhile: now it is worthless
        async with page.connected():
            assert (await page.join())["code"] == "unknown-seat"


async def test_a_wrong_secret_leaves_the_connection_open_for_a_new_seat(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        page.seat, page.secret = new_id(), new_token()
        assert (await page.join())["code"] == "unknown-seat"
        page.seat = page.secret = None
        assert (await page.join())["type"] == "waiting"
        await work.state(room.room, lambda seats: len(seats) == 1)


async def test_a_newer_connection_of_the_same_tab_takes_over(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        older = page.line
        await older.sign_of_life()
        newer = server.page(room)
        newer.seat, newer.secret = page.seat, page.secret
        async with newer.connected():
            await newer.join()
            assert await older.closed() == 4002
            await work.command("admit", room=room.room, seat=newer.seat)
            await newer.line.expect("admitted")


async def test_a_second_browser_waits_displaces_nobody_and_gets_no_media(server: RunningServer) -> None:
    room = server.appointment()
    first, second = server.page(room), server.page(room)
    async with server.workstation(room) as work, first.connected(), second.connected():
        await first.join()
        await work.command("admit", room=room.room, seat=first.seat)
        await first.line.expect("admitted")
        assert (await second.join())["type"] == "waiting"
        await second.line.send("offer", room=room.room, epoch=1, sdp="v=0")
        assert (await second.line.expect("refused"))["code"] == "not-admitted"
        await second.line.send("candidate", room=room.room, epoch=1, candidate="candidate:1")
        assert (await second.line.expect("refused"))["code"] == "not-admitted"
        await work.line.send("answer", room=room.room, epoch=1, sdp="v=0", to=second.seat)
        assert (await work.line.expect("refused"))["code"] == "not-admitted"
        assert (await work.command("admit", room=room.room, seat=second.seat))["code"] == "conflict"
        await first.offer()
        assert (await work.line.expect("offer"))["from"] == first.seat
        assert (await work.command("admit", room=room.room, seat=second.seat, replaces=first.seat))["type"] == "done"
        await first.line.expect("replaced")
        assert await first.line.closed() == 4000
        assert (await second.line.expect("admitted"))["epoch"] == 0
        assert not [m for m in second.line.received if m["type"] in ("offer", "answer", "candidate")]


async def test_send_back_and_remove(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            await page.offer()
            await work.line.expect("offer")
            server.clock.now += 10
            await work.command("send-back", room=room.room, seat=page.seat)
            await work.state(room.room, lambda seats: seats[0]["since"] == server.clock.now)
            back = await page.line.expect("waiting")
            assert back["sent_back"]
            assert "secret" not in back
            await page.offer()
            assert (await page.line.expect("refused"))["code"] == "not-admitted"
            await work.command("admit", room=room.room, seat=page.seat)
            assert (await page.line.expect("admitted"))["epoch"] == 1
            await work.command("remove", room=room.room, seat=page.seat)
            await page.line.expect("removed")
            assert await page.line.closed() == 4000
        removed = page.seat
        async with page.connected():
            assert (await page.join())["code"] == "unknown-seat"
            page.seat = page.secret = None
            assert (await page.join())["type"] == "waiting"
            assert page.seat != removed


async def test_leaving_and_coming_back(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            await page.line.send("leave", room=room.room)
            assert await page.line.closed() == 4000
        await work.state(room.room, lambda seats: seats[0]["state"] == "left")
        async with page.connected():
            assert (await page.join())["type"] == "admitted"
        await work.state(room.room, lambda seats: seats[0]["state"] == "admitted")


async def test_a_notice_reaches_the_page_and_is_there_after_a_reload(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            assert "notice" not in await page.join()
            for notice in ("five-minutes", "ten-minutes"):
                done = await work.command("notify", room=room.room, seat=page.seat, notice=notice)
                assert done["type"] == "done"
                assert (await page.line.expect("notice", notice=notice))["notice_at"] == int(server.clock())
            [seat] = await work.state(room.room, lambda seats: seats and seats[0].get("notice") == "ten-minutes")
            assert seat["state"] == "waiting"
        server.clock.now += 7
        async with page.connected():
            waiting = await page.join()
            assert (waiting["notice"], waiting["notice_at"]) == ("ten-minutes", int(server.clock()) - 7)
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            refused = await work.command("notify", room=room.room, seat=page.seat, notice="phone-call")
            assert refused["code"] == "conflict"
            await work.command("send-back", room=room.room, seat=page.seat)
            assert "notice" not in await page.line.expect("waiting")
            assert [m["notice"] for m in page.line.received if m["type"] == "notice"] == []


async def test_a_knock_is_seen_and_a_second_one_waits_its_time(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await page.line.send("knock", room=room.room)
        await work.state(room.room, lambda seats: seats and seats[0].get("knocked_at") == int(server.clock()))
        second = await page.line.send("knock", room=room.room)
        assert (await page.line.expect("refused", re=second))["code"] == "too-many"
        await server.clock.pass_time(30, page.line, work.line)
        await page.line.send("knock", room=room.room)
        await work.state(room.room, lambda seats: seats[0].get("knocked_at") == int(server.clock()))
        await work.command("admit", room=room.room, seat=page.seat)
        await page.line.expect("admitted")
        inside = await page.line.send("knock", room=room.room)
        assert (await page.line.expect("refused", re=inside))["code"] == "conflict"


async def test_going_on_by_phone_is_told_now_and_later(server: RunningServer) -> None:
    room = server.appointment()
    page, gone = server.page(room), server.page(room)
    async with server.workstation(room) as work:
        async with gone.connected():
            await gone.join()
        async with page.connected():
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            assert (await work.command("end", room=room.room, by_phone=True))["type"] == "done"
            assert (await page.line.expect("ended"))["reason"] == "phone"
            assert await page.line.closed() == 4000
        await work.publish(room)
        for tab in (page, gone):
            async with tab.connected():
                assert (await tab.join())["reason"] == "phone"
                assert await tab.line.closed() == 4000


async def test_who_comes_back_after_the_end_hears_that_it_is_over(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
        await work.command("end", room=room.room)
        async with page.connected():
            assert (await page.join())["reason"] == "counsellor"
            assert await page.line.closed() == 4000


async def test_epochs_must_rise_and_old_answers_vanish(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await work.command("admit", room=room.room, seat=page.seat)
        await page.line.expect("admitted")
        page.epoch = 4
        await page.offer()
        await page.line.send("offer", room=room.room, epoch=5, sdp="v=0")
        assert (await page.line.expect("refused"))["code"] == "conflict"
        await page.line.send("offer", room=room.room, epoch=6, sdp="v=0", to=new_id())
        assert (await page.line.expect("refused"))["code"] == "not-admitted"
        await work.line.send("answer", room=room.room, epoch=4, sdp="v=0 old", to=page.seat)
        await work.line.send("answer", room=room.room, epoch=5, sdp="v=0 new", to=page.seat)
        assert (await page.line.expect("answer"))["sdp"] == "v=0 new"
        await page.line.send("candidate", room=room.room, epoch=4, candidate="old")
        await page.line.send("candidate", room=room.room, epoch=5, candidate="new")
        assert (await work.line.expect("candidate"))["candidate"] == "new"


async def test_messages_about_another_room_are_refused(server: RunningServer) -> None:
    mine, other = server.appointment(), server.appointment()
    page = server.page(mine)
    async with server.workstation(mine, other), page.connected():
        await page.join()
        await page.line.send("leave", room=other.room)
        assert (await page.line.expect("refused"))["code"] == "unknown-seat"
        await page.line.sign_of_life()


async def test_the_last_notice_comes_before_the_farewell_also_to_who_comes_back(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            told = await work.line.send("notify", room=room.room, seat=page.seat, notice="colleague")
            await work.command("revoke", room=room.room)
            await page.line.expect("ended", reason="revoked")
            kinds = [m["type"] for m in page.line.received if m["type"] in ("notice", "ended")]
            assert kinds == ["notice", "ended"]
            assert any(m["type"] == "done" and m["re"] == told for m in work.line.received)
        async with page.connected():
            assert (await page.join())["reason"] == "revoked"
            assert [m["notice"] for m in page.line.received if m["type"] == "notice"] == ["colleague"]


def test_what_was_heard_is_not_said_again_at_the_end() -> None:
    before = View("room", "seat", SeatState.WAITING, True, Notice.COLLEAGUE, 7)
    gone = replace(before, state=SeatState.ENDED)
    assert list(last_notice(before, gone)) == []
    for unheard in (None, replace(before, notice=None, notice_at=0), replace(before, notice_at=6)):
        (said,) = last_notice(unheard, gone)
        assert (said.notice, said.notice_at) == (Notice.COLLEAGUE, 7)
    assert list(last_notice(None, replace(gone, state=SeatState.REMOVED))) == []
