"""The control link of workstations that became known by enrolment: who they are, when they are shown out, whose rooms they take over."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.enrolment import EnrolmentCode
from app.domain.secrets import b64url, new_token
from app.server.enrolment.desk import signature_holds
from app.server.enrolment.ports import Way
from app.server.enrolment.ports import Workstation as Known
from app.wire.handshake import Place, code_text, enrolling_text, place_text
from tests.support.enrolments import EnrollingServer, enrolling_server
from tests.support.page_client import Appointment, Json, Workstation, public_key


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncIterator[EnrollingServer]:
    async with enrolling_server(tmp_path) as running:
        yield running


async def asked(work: Workstation, key: Ed25519PrivateKey, code: EnrolmentCode, challenge: Json) -> tuple[str, str, str, str]:
    """Send `enrol`; gives the values that are signed."""
    values = (challenge["server_key"], public_key(key), challenge["nonce"], new_token())
    await work.line.send(
        "enrol",
        workstation_key=public_key(key),
        nonce=values[3],
        offer=code.offer,
        proof=b64url(code.signer().sign(code_text(*values, code.offer))),
        signature=b64url(key.sign(enrolling_text(*values, code.offer))),
    )
    return values


@contextlib.asynccontextmanager
async def connected(agency: EnrollingServer, key: Ed25519PrivateKey, *rooms: Appointment) -> AsyncIterator[Workstation]:
    """Proved, with these rooms."""
    agency.server.key = key
    async with agency.server.workstation(*rooms) as work:
        yield work


async def enrolled(agency: EnrollingServer, site: str = "musterstadt", replaces: str | None = None) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    code = await agency.code(site, replaces=replaces)
    async with Workstation(agency.server.ready.control_port, key).connected() as work:
        await asked(work, key, code, await work.line.expect("challenge"))
        await work.line.expect("enrolled")
    return key


async def test_a_workstation_enrols_and_proves_itself_on_one_connection(agency: EnrollingServer) -> None:
    key, code = Ed25519PrivateKey.generate(), await agency.code()
    async with Workstation(agency.server.ready.control_port, key).connected() as work:
        challenge = await work.line.expect("challenge")
        values = await asked(work, key, code, challenge)
        told = await work.line.expect("enrolled")
        place = Place(told["site"], told["label"], told["public_url"])
        assert place == Place("musterstadt", "Jobcenter Musterstadt", agency.server.url)
        assert signature_holds(values[0], told["signature"], place_text(*values, place))
        work.line.received.clear()
        work.line._inbox.put_nowait(challenge)  # the proof answers the same challenge
        await work.prove()
        welcome = await work.line.expect("welcome")
        values = (challenge["server_key"], public_key(key), challenge["nonce"], work.nonce)
        assert {name: welcome[name] for name in ("site", "label", "public_url")} == {
            "site": place.site,
            "label": place.label,
            "public_url": place.public_url,
        }
        assert signature_holds(values[0], welcome["attested"], place_text(*values, place))
        room = agency.server.appointment(site="musterstadt")
        await work.publish(room)
        await asked(work, key, code, challenge)
        assert (await work.line.expect("refused"))["code"] == "out-of-order"


async def test_each_half_of_the_request_is_needed(agency: EnrollingServer) -> None:
    key, other, code = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate(), await agency.code()
    for signer, prover in ((other, code.signer()), (key, other)):
        async with Workstation(agency.server.ready.control_port, key).connected() as work:
            challenge = await work.line.expect("challenge")
            values = (challenge["server_key"], public_key(key), challenge["nonce"], new_token())
            await work.line.send(
                "enrol",
                workstation_key=public_key(key),
                nonce=values[3],
                offer=code.offer,
                proof=b64url(prover.sign(code_text(*values, code.offer))),
                signature=b64url(signer.sign(enrolling_text(*values, code.offer))),
            )
            assert (await work.line.expect("refused"))["code"] == "unknown-code"
            assert await work.line.closed() == 4001
    assert await agency.store.workstations() == []


async def test_the_settings_own_workstation_cannot_be_moved_by_a_code(agency: EnrollingServer) -> None:
    key = agency.server.key
    async with Workstation(agency.server.ready.control_port, key).connected() as work:
        await asked(work, key, await agency.code(), await work.line.expect("challenge"))
        assert (await work.line.expect("refused"))["code"] == "conflict"


async def test_who_is_revoked_is_shown_out_and_not_let_in_again(agency: EnrollingServer) -> None:
    key, other = await enrolled(agency), await enrolled(agency)
    async with connected(agency, other) as stays, connected(agency, key) as work:
        await agency.desk.revoke(public_key(key))
        assert (await work.line.expect("refused"))["code"] == "unauthorised"
        assert await work.line.closed() == 4001
        await stays.line.sign_of_life()
    async with Workstation(agency.server.ready.control_port, key).connected() as work:
        await work.prove()
        assert (await work.line.expect("refused"))["code"] == "unauthorised"


async def test_a_sign_in_that_is_over_ends_the_link(agency: EnrollingServer) -> None:
    key = Ed25519PrivateKey.generate()
    until = int(agency.server.clock()) + 8
    await agency.desk.register(Known(public_key(key), "musterstadt", "Jobcenter", until - 8, Way.SIGN_IN, until))
    async with connected(agency, key) as work:
        welcome = next(m for m in work.line.received if m["type"] == "welcome")
        assert welcome["until"] == until
        await agency.server.clock.pass_time(7, work.line)
        agency.server.clock.now += 1
        await work.line.expect("refused", code="unauthorised")
        assert await work.line.closed() == 4001


async def test_who_takes_a_place_takes_over_the_rooms_and_those_who_wait(agency: EnrollingServer) -> None:
    former = await enrolled(agency)
    room = agency.server.appointment(site="musterstadt")
    page = agency.server.page(room)
    async with connected(agency, former, room) as work, page.connected():
        assert (await page.join())["type"] == "waiting"
        await work.line.send("reached", room=room.room, seat=page.seat)
        await page.line.expect("reached")
        new = await enrolled(agency, replaces=public_key(former))
        assert (await work.line.expect("refused"))["code"] == "unauthorised"
        assert await work.line.closed() == 4001
        async with connected(agency, new, room) as follows:
            [seat] = await follows.state_now(room.room)
            assert (seat["seat"], seat["state"], seat["reached"]) == (page.seat, "waiting", False)
            await follows.line.send("reached", room=room.room, seat=page.seat)
            await page.line.until(lambda: [m.get("reached", True) for m in page.line.received if m["type"] == "reached"][-1:] == [True])
            assert (await follows.command("admit", room=room.room, seat=page.seat))["type"] == "done"
            assert (await page.line.expect("admitted")).get("peer_present", True)
        await page.line.expect("peer", present=False)  # the page hears of the new one's leaving, not of the former one's
    known = await agency.store.find(public_key(new))
    assert known == replace(known, replaces=public_key(former), site="musterstadt")  # type: ignore[type-var]


async def test_the_rooms_of_a_site_stand_in_its_own_workstations_alone(agency: EnrollingServer) -> None:
    key = await enrolled(agency, "nachbarstadt")
    async with connected(agency, key) as work:
        seq = await work.line.send("publish", rooms=[agency.server.appointment(site="musterstadt").card()])
        assert (await work.line.expect("refused", re=seq))["code"] == "not-yours"
        await work.publish(agency.server.appointment(site="nachbarstadt"))


@pytest.mark.parametrize("hindrance", ["not revoked", "another site", "another link"])
async def test_rooms_of_a_revoked_workstation_go_to_nobody_else_than_who_knows_their_links_at_its_site(
    agency: EnrollingServer, hindrance: str
) -> None:
    former, site = await enrolled(agency), "anderswo" if hindrance == "another site" else "musterstadt"
    room = agency.server.appointment(site="musterstadt")
    async with connected(agency, former, room):
        pass
    if hindrance != "not revoked":
        await agency.desk.revoke(public_key(former))
    newcomer = await enrolled(agency, site)
    card = room.card() | {"site": site} | ({"token_hash": new_token()} if hindrance == "another link" else {})
    agency.server.key = newcomer
    async with agency.server.workstation() as work:
        seq = await work.line.send("publish", rooms=[card])
        assert (await work.line.expect("refused", re=seq))["code"] == "not-yours"
