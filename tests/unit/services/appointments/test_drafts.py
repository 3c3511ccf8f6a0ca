"""What a person typed: kept where it can be true, refused with a sentence and the field where it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import MAX_MINUTES, Client, Way
from app.services.appointments.drafts import checked
from app.services.appointments.ports import BookError, Draft

NOW = 1_790_000_000
GOOD = Draft(starts_at=NOW + 3600, minutes=30, client=Client(name="Änne Öztürk", email="aenne@post.example"))


def refusal(draft: Draft, now: int | None = NOW) -> BookError:
    with pytest.raises(BookError) as caught:
        checked(draft, now)
    return caught.value


def of_client(**values: object) -> Draft:
    return replace(GOOD, client=replace(GOOD.client, **values))


@pytest.mark.parametrize(
    ("draft", "part", "key"),
    [
        (replace(GOOD, minutes=0), "minutes", "end-before-start"),
        (replace(GOOD, minutes=-30), "minutes", "end-before-start"),
        (replace(GOOD, minutes=MAX_MINUTES + 1), "minutes", "too-long"),
        (replace(GOOD, starts_at=-1), "starts_at", "impossible-time"),
        (replace(GOOD, starts_at=2**60), "starts_at", "impossible-time"),
        (replace(GOOD, starts_at=NOW - 3600), "starts_at", "past"),
        (replace(GOOD, topic="x" * 201), "topic", "too-many-letters"),
        (replace(GOOD, topic="eins\nzwei"), "topic", "control-characters"),
        (of_client(name="x" * 10_000), "name", "too-many-letters"),
        (of_client(name="Änne\r\nBcc: alle@post.example"), "name", "control-characters"),
        (of_client(name="Änne\x00"), "name", "control-characters"),
        (of_client(name="Änne\u2028Öztürk"), "name", "control-characters"),
        (of_client(name="\ud83d"), "name", "control-characters"),
        (of_client(needs="x" * 1001), "needs", "too-many-letters"),
        (of_client(needs="\x1b[2J"), "needs", "control-characters"),
        (of_client(phone="0123\n456"), "phone", "phone"),
        (of_client(phone="ruf mich an"), "phone", "phone"),
        (of_client(language="deutsch!"), "language", "language"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(draft: Draft, part: str, key: str) -> None:
    error = refusal(draft)
    assert (error.part, error.key) == (part, f"app.appointment.draft.{key}")


@pytest.mark.parametrize(
    "email",
    [
        "aenne",
        "aenne@",
        "@post.example",
        "aenne@post",
        "aenne@post.example\r\nBcc: alle@post.example",
        "aenne@post.example, alle@post.example",
        "a b@post.example",
        "<aenne@post.example>",
        "aenne@-post.example",
        "aenne@post..example",
        ".aenne@post.example",
        "änne@post.example",
        "a" * 65 + "@post.example",
        "a@" + ".".join(["b" * 60] * 5),
        "a@" + "ü" * 80 + ".example",
    ],
)
def test_an_address_that_is_none_is_refused(email: str) -> None:
    assert refusal(of_client(email=email)).part == "email"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("  aenne.o+jc@post.example ", "aenne.o+jc@post.example"), ("info@müller.example", "info@xn--mller-kva.example")],
)
def test_an_address_is_kept_as_it_travels(typed: str, kept: str) -> None:
    assert checked(of_client(email=typed)).client.email == kept


@pytest.mark.parametrize("name", ["מרים לוי", "\u202bمريم\u202c", "Änne 🦊 👩‍👩‍👧", "Nguyễn Thị Ánh", "O’Neill-Şahin", ""])
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert checked(of_client(name=name)).client.name == name


def test_texts_are_tidied() -> None:
    tidy = checked(of_client(name="  A\u0308nne  ", needs="eins\r\nzwei\t\n"))
    assert (tidy.client.name, tidy.client.needs) == ("Änne", "eins\nzwei")


def test_what_was_held_another_way_may_be_noted_afterwards() -> None:
    past = replace(GOOD, starts_at=NOW - 3600)
    assert checked(replace(past, way=Way.PHONE), NOW).starts_at == NOW - 3600
    assert checked(past).starts_at == NOW - 3600
    assert checked(replace(GOOD, starts_at=NOW - 60), NOW).minutes == 30  # it runs


@given(st.builds(Client, name=st.text(), email=st.text() | st.emails(), phone=st.text(), needs=st.text()), st.integers(), st.integers())
def test_whatever_is_typed_is_kept_or_refused(client: Client, starts_at: int, minutes: int) -> None:
    draft = Draft(starts_at=starts_at % 2**40, minutes=minutes % 1000, client=client)
    try:
        kept = checked(draft, NOW)
    except BookError as error:
        part = error.part
    else:
        part = ""
        assert checked(kept, NOW) == kept
        assert "\n" not in kept.client.name + kept.client.email + kept.client.phone
        kept.client.name.encode()
    assert part in ("", "starts_at", "minutes", "name", "email", "phone", "needs")
