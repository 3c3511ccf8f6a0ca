"""Somebody in between reads and changes everything on the way of an enrolment, and gets nothing by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url, new_id, new_token
from app.services.agency.enrolling import enrol
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.keys import WorkstationKey
from app.wire.handshake import Place, enrolling_text, place_text
from tests.support.between import Json, between
from tests.support.enrolments import EnrollingServer, enrolling_server
from tests.support.page_client import Workstation, public_key

KEY = WorkstationKey(b"k" * 32)
THIEF = Ed25519PrivateKey.generate()


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncIterator[EnrollingServer]:
    async with enrolling_server(tmp_path) as running:
        yield running


async def registered(agency: EnrollingServer) -> list[str]:
    return [one.key for one in await agency.store.workstations()]


async def test_who_only_reads_learns_nothing_that_leads_to_a_registration(agency: EnrollingServer) -> None:
    code = await agency.code()
    async with between(agency.url) as proxy:
        server = await enrol(proxy.url, code.text, KEY)
    assert (server.site, await registered(agency)) == ("musterstadt", [KEY.public])
    for secret in (
        code.text,
        code.text.replace("-", ""),
        b64url(code.secret),
        code.secret.hex(),
        b64url(code.signer().private_bytes_raw()),
    ):
        assert secret not in proxy.seen
    [request] = [message for message in proxy.to_server if message["type"] == "enrol"]
    assert await replayed(agency, request) == "unknown-code"
    assert await replayed(agency, {**request, "workstation_key": public_key(THIEF)}) == "unknown-code"
    assert await registered(agency) == [KEY.public]


async def replayed(agency: EnrollingServer, request: Json) -> str:
    """What the server says to whoever says the same once more."""
    async with Workstation(agency.server.ready.control_port, THIEF).connected() as thief:
        await thief.line.send(**{"type_": "enrol", **{name: value for name, value in request.items() if name not in ("type", "seq")}})
        return str((await thief.line.expect("refused"))["code"])


async def test_who_swallows_the_request_has_a_proof_for_one_key_and_one_connection(agency: EnrollingServer) -> None:
    """The proxy keeps `enrol` for itself and signs with its own key what it can: the code's proof covers the program's key."""
    held: list[Json] = []

    def swallow(message: Json) -> Json | None:
        if message["type"] != "enrol":
            return message
        held.append(message)
        values = (challenges[0]["server_key"], public_key(THIEF), challenges[0]["nonce"], message["nonce"])
        own = {"workstation_key": public_key(THIEF), "signature": b64url(THIEF.sign(enrolling_text(*values, message["offer"])))}
        return {**message, **own}

    challenges: list[Json] = []

    def note(message: Json) -> Json:
        challenges.extend([message] if message["type"] == "challenge" else [])
        return message

    code = await agency.code()
    async with between(agency.url, of_program=swallow, of_server=note) as proxy:
        with pytest.raises(NotEnrolled) as caught:
            await enrol(proxy.url, code.text, KEY)
    assert caught.value.trouble is Trouble.CODE_UNKNOWN
    assert held
    assert await registered(agency) == []
    assert (await enrol(agency.url, code.text, KEY)).site == "musterstadt"


async def test_who_shows_a_key_of_their_own_is_told_nothing(agency: EnrollingServer) -> None:
    def own_key(message: Json) -> Json:
        return {**message, "server_key": public_key(THIEF)} if message["type"] == "challenge" else message

    async with between(agency.url, of_server=own_key) as proxy:
        with pytest.raises(NotEnrolled) as caught:
            await enrol(proxy.url, (await agency.code()).text, KEY)
    assert caught.value.trouble is Trouble.OTHER_SERVER
    assert proxy.to_server == []


@pytest.mark.parametrize(
    "forged", [{"site": "elsewhere"}, {"public_url": "https://thief.example.org"}, {"label": "Jobcenter"}, {"until": 5}]
)
async def test_where_the_workstation_belongs_cannot_be_changed_on_the_way(agency: EnrollingServer, forged: dict[str, Any]) -> None:
    def change(message: Json) -> Json:
        return {**message, **forged} if message["type"] == "enrolled" else message

    async with between(agency.url, of_server=change) as proxy:
        with pytest.raises(NotEnrolled) as caught:
            await enrol(proxy.url, (await agency.code()).text, KEY)
    assert caught.value.trouble is Trouble.OTHER_SERVER


async def test_nobody_else_can_say_that_the_workstation_was_enrolled(agency: EnrollingServer) -> None:
    """The proxy answers instead of the server, signed by what it has, or with the server's words of another handshake."""
    place = Place("elsewhere", "Elsewhere", "https://thief.example.org")

    def answer(message: Json) -> Json:
        if message["type"] != "refused":
            return message
        values = (agency.server.ready.server_key, KEY.public, new_token(), new_token())
        signature = b64url(THIEF.sign(place_text(*values, place)))
        return {
            "type": "enrolled",
            "seq": 9,
            "site": place.site,
            "label": place.label,
            "public_url": place.public_url,
            "signature": signature,
        }

    def spoil(message: Json) -> Json:
        return {**message, "offer": new_id()} if message["type"] == "enrol" else message

    async with between(agency.url, of_program=spoil, of_server=answer) as proxy:
        with pytest.raises(NotEnrolled) as caught:
            await enrol(proxy.url, (await agency.code()).text, KEY)
    assert caught.value.trouble is Trouble.OTHER_SERVER


async def test_an_answer_that_was_swallowed_does_not_cost_the_code(agency: EnrollingServer) -> None:
    code = (await agency.code()).text

    def cut(message: Json) -> Json:
        return {"type": "refused", "seq": 9, "code": "not-ready"} if message["type"] == "enrolled" else message

    async with between(agency.url, of_server=cut) as proxy:
        with pytest.raises(NotEnrolled):
            await enrol(proxy.url, code, KEY)
    assert (await enrol(agency.url, code, KEY)).site == "musterstadt"
