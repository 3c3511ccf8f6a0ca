"""Everything that is kept of one person, and its deletion; nobody else's."""

from __future__ import annotations

import json

import pytest

from app.domain.appointments import Client
from app.domain.readiness import Check, Readiness
from app.services.fakes import SampleBook
from tests.support.book_table import DAY, draft_of


@pytest.fixture
async def book() -> SampleBook:
    return SampleBook()


def person(name: str, email: str = "", phone: str = "") -> Client:
    return Client(name=name, email=email, phone=phone)


async def test_all_of_one_person_and_nothing_of_another(book: SampleBook) -> None:
    async def note(client: Client) -> str:
        return (await book.note(draft_of(book.clock, 3 * DAY, client=client)))[0].id

    first = await note(person("Änne Öztürk", "aenne@post.example", "030 1"))
    same_address = await note(person("A. Öztürk", "Aenne@Post.example"))
    same_number = await note(person("Änne Öztürk", "", "0 30/1"))
    name_only = await note(person("Änne Öztürk"))
    longer = await note(person("Änne", "xaenne@post.example", "030 1"))
    await book.agree(first, "7")
    invited = await book.invite(first)
    await book.reported(invited.access.room, Readiness(opened_at=1, camera=Check.FAILED, reason="camera-busy"))
    told = (await book.export_person(first)).decode()
    exported = json.loads(told)["appointments"]
    assert {each["id"] for each in exported} == {first, same_address, same_number}
    (own,) = [each for each in exported if each["id"] == first]
    assert own["client"]["email"] == "aenne@post.example"
    assert [mail["kind"] for mail in own["mails"]] == ["invitation", "reminder-day-before", "reminder-morning"]
    assert [each["text_version"] for each in own["evidence"]] == ["7"]
    for secret in ("camera-busy", "readiness", "visit", invited.access.token, invited.access.code):
        assert secret not in told
    assert await book.forget_person(first) == 3
    assert {found.id for found in await book.between(0, 2**40)} == {name_only, longer}
    assert book.store.evidence() == []
    assert await book.mails(first) == []
