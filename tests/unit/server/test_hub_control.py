"""The control link: proof, publishing, whose rooms they are, takeover."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.secrets import from_b64url, new_id, new_token
from app.server.hub import Rhythm
from app.server.rate_limits import Rates
from app.wire.fields import MAX_MESSAGE_BYTES, MAX_SDP_CHARS
from app.wire.handshake import signed_by_server
from app.wire.messages import IceServer
from tests.support.page_client import PageClient, Workstation, public_key
from tests.support.server import RunningServer, running_server


def stranger(server: RunningServer) -> Workstation:
    return Workstation(server.ready.control_port, Ed25519PrivateKey.generate())


async def test_both_sides_prove_themselves(server: RunningServer) -> None:
    work = Workstation(server.ready.control_port, server.key)
    async with work.connected():
        await work.prove()
        welcome = await work.line.expect("welcome")
        challenge = next(m for m in work.line.received if m["type"] == "challenge")
        assert challenge["server_key"] == server.ready.server_key
        assert welcome["owner"] == work.owner
        text = signed_by_server(challenge["server_key"], work.public_key, challenge["nonce"], work.nonce)
        Ed25519PublicKey.from_public_bytes(from_b64url(challenge["server_key"])).verify(from_b64url(welcome["signature"]), text)


async def test_nonces_are_fresh(server: RunningServer) -> None:
    nonces = set()
    for _ in range(3):
        work = stranger(server)
        async with work.connected():
            nonces.add((await work.line.expect("challenge"))["nonce"])
    assert len(nonces) == 3


async def test_an_unknown_key_and_a_wrong_signature_get_the_same_answer(server: RunningServer) -> None:
    impostor = Ed25519PrivateKey.generate()
    known = Workstation(server.ready.control_port, server.key)
    for work, sign in ((stranger(server), None), (known, impostor.sign)):
        async with work.connected():
            await work.prove(sign)
            assert (await work.line.expect("refused"))["code"] == "unauthorised"
            assert await work.line.closed() == 4001


async def test_nothing_before_the_proof_and_nothing_before_publishing(server: RunningServer) -> None:
    work = stranger(server)
    async with work.connected():
        await work.line.send("publish", rooms=[])
        assert (await work.line.expect("refused"))["code"] == "out-of-order"
        assert await work.line.closed() == 4003
    work = Workstation(server.ready.control_port, server.key)
    async with work.connected():
        await work.prove()
        await work.line.send("end", room=new_id())
        assert (await work.line.expect("refused"))["code"] == "out-of-order"


async def test_who_does_not_prove_itself_is_closed(tmp_path: Path) -> None:
    async with running_server(tmp_path, rhythm=Rhythm(beat=0.05, sweep=0.05, prove=0.05)) as server:
        work = stranger(server)
        async with work.connected():
            assert (await work.line.expect("refused"))["code"] == "unauthorised"
            assert await work.line.closed() == 4001
        work = Workstation(server.ready.control_port, server.key)
        async with work.connected():
            await work.prove()
            assert (await work.line.expect("welcome"))["owner"] == work.owner
            await work.publish()


async def test_guessing_keys_is_slowed_down(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(proofs="2/hour")) as server:
        codes = []
        for _ in range(3):
            work = stranger(server)
            async with work.connected():
                await work.prove()
                codes.append((await work.line.expect("refused"))["code"])
        assert codes == ["unauthorised", "unauthorised", "too-many"]


async def test_publishing_again_after_a_reconnect_changes_nothing(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with page.connected():
        async with server.workstation(room) as work:
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await page.line.expect("admitted")
            await page.offer()
            before = (await work.state(room.room, lambda seats: seats[0]["epoch"] == 1))[0]
        await page.line.expect("peer", present=False)
        async with server.workstation(room) as work:
            after = next(m for m in work.line.received if m["type"] == "room-state")["seats"][1]
            assert after == before
            assert await page.line.expect("peer")
            await page.offer()
            assert (await work.line.expect("offer"))["epoch"] == 2


async def test_a_room_that_is_published_no_more_is_revoked(server: RunningServer) -> None:
    kept, dropped = server.appointment(), server.appointment()
    page = server.page(dropped)
    async with server.workstation(kept, dropped) as work, page.connected():
        await page.join()
        await work.publish(kept)
        assert (await page.line.expect("ended"))["reason"] == "revoked"
        assert await page.line.closed() == 4000


async def test_reached_is_true_only_while_the_program_knows(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            assert (await page.join())["reached"] is False
            await work.line.send("reached", room=room.room, seat=page.seat)
            await page.line.expect("reached")
        async with page.connected():
            assert (await page.join())["reached"] is True
            await work.line.close()
            assert (await page.line.expect("reached"))["reached"] is False
            async with server.workstation(room) as again:
                [seat] = await again.state_now(room.room)
                assert seat["reached"] is False
                await again.line.send("reached", room=room.room, seat=page.seat)
                assert "reached" not in await page.line.expect("reached")  # true is the default


async def test_a_newer_link_of_the_same_workstation_takes_over(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as older, page.connected():
        await page.join()
        await older.line.send("reached", room=room.room, seat=page.seat)
        await page.line.expect("reached")
        server.clock.now += 1
        async with server.workstation(room) as newer:
            assert await older.line.closed() == 4002
            assert (await newer.command("admit", room=room.room, seat=page.seat))["type"] == "done"
            assert (await page.line.expect("admitted")).get("peer_present", True)


async def test_nobody_commands_a_room_of_another_workstation(tmp_path: Path) -> None:
    other_key = Ed25519PrivateKey.generate()
    key = Ed25519PrivateKey.generate()
    async with running_server(tmp_path, workstation_keys=(public_key(key), public_key(other_key))) as server:
        server.key = key
        room = server.appointment()
        page = server.page(room)
        other = Workstation(server.ready.control_port, other_key)
        async with server.workstation(room), page.connected(), other.connected():
            await page.join()
            await other.prove()
            await other.publish()
            for command in ("admit", "send-back", "remove"):
                assert (await other.command(command, room=room.room, seat=page.seat))["code"] == "not-yours"
            for command in ("end", "revoke"):
                assert (await other.command(command, room=room.room))["code"] == "not-yours"
            for fields in (
                {"type_": "answer", "sdp": "v=0"},
                {"type_": "candidate", "candidate": ""},
                {"type_": "need-offer", "reason": "failed"},
            ):
                await other.line.send(**fields, room=room.room, epoch=1, to=page.seat)
                assert (await other.line.expect("refused"))["code"] == "not-yours"
            seq = await other.line.send("publish", rooms=[room.card()])
            assert (await other.line.expect("refused", re=seq))["code"] == "not-yours"
            await page.line.sign_of_life()


async def test_commands_on_a_seat_that_changed_meanwhile(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        assert (await work.command("send-back", room=room.room, seat=page.seat))["code"] == "conflict"
        assert (await work.command("admit", room=room.room, seat=new_id()))["code"] == "unknown-seat"
        assert (await work.command("admit", room=room.room, seat=page.seat))["type"] == "done"
        assert (await work.command("admit", room=room.room, seat=page.seat))["code"] == "conflict"


async def test_a_room_with_impossible_times_is_malformed(server: RunningServer) -> None:
    async with server.workstation() as work:
        card = server.appointment().card()
        await work.line.send("publish", rooms=[{**card, "closes_at": card["starts_at"]}])
        assert (await work.line.expect("refused"))["code"] == "malformed"
        assert await work.line.closed() == 4003


async def test_revisions_rise(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await work.command("admit", room=room.room, seat=page.seat)
        await work.command("end", room=room.room)
        await work.line.sign_of_life()
        revisions = [m["revision"] for m in work.line.received if m["type"] == "room-state"]
        assert revisions == sorted(revisions)
        assert revisions[-1] > revisions[0]


async def test_ice_servers_are_handed_on_as_they_are_set(tmp_path: Path) -> None:
    turn = IceServer(urls=["turn:192.0.2.7:3478"], username="u", credential=new_token())
    async with running_server(tmp_path, ice_servers=(turn,), relay_only=()) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            welcome = next(m for m in work.line.received if m["type"] == "welcome")
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            expected = [msgspec.to_builtins(turn)]
            assert welcome["ice_servers"] == (await page.line.expect("admitted"))["ice_servers"] == expected


async def test_clients_from_the_same_address_do_not_lock_the_workstation_out(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(failures="2/hour", connections="2/hour")) as server:
        assert [(await server.look(new_token())).status for _ in range(3)] == [404, 404, 429]
        for _ in range(2):
            async with server.page(server.appointment()).connected() as page:
                assert (await page.join())["code"] == "too-many"
        async with server.page(server.appointment()).connected() as page:
            assert await page.line.closed() == 4004
        async with server.workstation(server.appointment()) as work:
            await work.line.sign_of_life()


async def test_a_thousand_rooms_in_parts_take_effect_with_the_last(server: RunningServer) -> None:
    dropped, rooms = server.appointment(), [server.appointment() for _ in range(1000)]
    page = server.page(dropped)
    async with server.workstation(dropped) as work, page.connected():
        await page.join()
        first, *further, last = [rooms[start : start + 64] for start in range(0, 1000, 64)]
        for part in (first, *further):
            seq = await work.line.send("publish", rooms=[a.card() for a in part], more=True)
            await work.line.expect("done", re=seq)
        assert [seat["state"] for seat in await work.state_now(dropped.room)] == ["waiting"]
        assert (await server.look(rooms[0].look)).status == 404
        seq = await work.line.send("publish", rooms=[a.card() for a in last])
        await work.line.expect("done", re=seq)
        assert {m["room"] for m in work.line.received if m["type"] == "room-state"} == {a.room for a in rooms} | {dropped.room}
        assert (await page.line.expect("ended"))["reason"] == "revoked"
        assert (await server.look(rooms[0].look)).status == (await server.look(rooms[-1].look)).status == 200


async def test_five_hundred_rooms_that_expire_at_once_are_all_told(server: RunningServer) -> None:
    rooms = [server.appointment(minutes=1) for _ in range(500)]
    async with server.workstation() as work:
        for start in range(0, 500, 64):
            part = [a.card() for a in rooms[start : start + 64]]
            await work.command("publish", rooms=part, more=start + 64 < 500)
        await server.clock.pass_time(60, work.line)

        def ended() -> set[str]:
            states = [m for m in work.line.received if m["type"] == "room-state"]
            return {m["room"] for m in states if m["seats"][0]["state"] == "ended"}

        await work.line.until(lambda: len(ended()) == 500)
        await work.line.sign_of_life()


async def test_a_connection_lost_between_parts_changes_nothing(server: RunningServer) -> None:
    kept, new = server.appointment(), server.appointment()
    page = server.page(kept)
    async with page.connected():
        async with server.workstation(kept) as work:
            await page.join()
            await work.command("admit", room=kept.room, seat=page.seat)
            await page.line.expect("admitted")
            seq = await work.line.send("publish", rooms=[new.card()], more=True)
            await work.line.expect("done", re=seq)
        await page.line.expect("peer", present=False)
        async with server.workstation(kept) as work:
            assert [seat["state"] for seat in await work.state_now(kept.room)] == ["admitted"]
            assert (await server.look(new.look)).status == 404


async def test_the_largest_offer_and_the_largest_answer_cost_nobody_the_connection(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room) as work:
        async with server.page(room).connected() as other:
            await other.join()
            await work.command("admit", room=room.room, seat=other.seat)
            await other.line.expect("admitted")
            await other.offer('"' * MAX_SDP_CHARS)
            assert len((await work.line.expect("offer"))["sdp"]) == MAX_SDP_CHARS
            await work.line.send("answer", room=room.room, epoch=1, to=other.seat, sdp="\\" * MAX_SDP_CHARS)
            assert len((await other.line.expect("answer"))["sdp"]) == MAX_SDP_CHARS
            await other.line.send_raw(largest_offer(other))
            assert (await other.line.expect("refused"))["code"] == "malformed"
            assert await other.line.closed() == 4003
        await work.line.sign_of_life()


def largest_offer(page: PageClient) -> str:
    """As large as a message may be, in letters of two bytes."""
    start = f'{{"type":"offer","seq":{next(page.line.numbers)},"room":"{page.room}","epoch":2,"sdp":"'
    letters = (MAX_MESSAGE_BYTES - len(start) - 2) // 2
    return start + "\u00e4" * letters + '"}'
